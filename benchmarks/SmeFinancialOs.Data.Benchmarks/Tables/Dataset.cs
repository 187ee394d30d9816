using Bogus;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>Twelve organizations of uneven size and three years of their invoices, the same in every run.</summary>
internal sealed class Dataset
{
    private const int Seed = 20260630;

    private static readonly DateOnly FirstDay = new(2023, 7, 1);
    private static readonly DateOnly LastDay = new(2026, 6, 30);

    /// <summary>Each organization's share of the invoices, in per mille.</summary>
    private static readonly int[] Shares = [300, 180, 120, 90, 80, 70, 50, 40, 30, 20, 12, 8];

    private readonly Faker _faker = new("en") { Random = new Randomizer(Seed) };
    private readonly Random _random = new(Seed);
    private readonly string[] _customers;
    private readonly int[] _organizationOfShare;
    private readonly int[] _lastNumbers = new int[Shares.Length];

    public Dataset(int invoices)
    {
        InvoiceCount = invoices;
        Organizations = [.. Shares.Select((_, index) => MakeOrganization(index))];
        // Pools to pick from: a record of Bogus for each invoice would take longer than everything else together.
        _customers = [.. Enumerable.Range(0, 4000).Select(index => index % 3 == 0 ? _faker.Name.FullName() : _faker.Company.CompanyName())];
        _organizationOfShare = [.. Shares.SelectMany((share, index) => Enumerable.Repeat(index, share))];
    }

    public static int OrganizationCount => Shares.Length;

    public int InvoiceCount { get; }

    public IReadOnlyList<(Guid Id, string Name, string Slug, DateTime CreatedAt)> Organizations { get; }

    /// <summary>The organization that is measured: the largest.</summary>
    public Guid MeasuredOrganization => Organizations[0].Id;

    /// <summary>The organization that rows are inserted for: another one, so that the dead rows they leave are in nobody's way.</summary>
    public Guid InsertingOrganization => Organizations[1].Id;

    /// <summary>The invoices in the order they were written: by date, the organizations mixed, more of them every year.</summary>
    public IEnumerable<InvoiceRow> Invoices()
    {
        var days = LastDay.DayNumber - FirstDay.DayNumber;
        for (var index = 0; index < InvoiceCount; index++)
        {
            var day = FirstDay.AddDays((int)(days * Math.Pow((double)index / InvoiceCount, 0.7)));
            var organization = _organizationOfShare[_random.Next(_organizationOfShare.Length)];
            yield return new InvoiceRow(
                Organizations[organization].Id,
                NextGuid(),
                $"{day.Year}-{++_lastNumbers[organization]:D6}",
                NextAmountCents(),
                _customers[_random.Next(_customers.Length)],
                NextStatus(LastDay.DayNumber - day.DayNumber),
                day,
                day.ToDateTime(new TimeOnly(7, 0), DateTimeKind.Utc).AddSeconds(_random.Next(12 * 3600)));
        }
    }

    private (Guid, string, string, DateTime) MakeOrganization(int index)
    {
        var name = _faker.Company.CompanyName();
        var words = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Split('-',
            StringSplitOptions.RemoveEmptyEntries);
        return (NextGuid(), name, $"{string.Join('-', words)}-{index + 1}", FirstDay.ToDateTime(new TimeOnly(9, index), DateTimeKind.Utc));
    }

    private Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Most between 100 and 2000, a few very large, one in thirty a credit note.</summary>
    private long NextAmountCents()
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
        var cents = (long)Math.Exp(Math.Log(45_000) + (1.1 * normal));
        return _random.Next(30) == 0 ? -cents : cents;
    }

    /// <summary>Old invoices are settled; those of the last weeks are on their way.</summary>
    private string NextStatus(int ageDays) => (_random.Next(100), ageDays) switch
    {
        ( < 4, _) => "void",
        ( < 30, <= 14) => "draft",
        ( < 50, <= 14) => "pending",
        ( < 85, <= 14) => "sent",
        ( < 45, <= 60) => "sent",
        ( < 60, <= 60) => "overdue",
        ( < 9, _) => "overdue",
        _ => "paid",
    };
}
