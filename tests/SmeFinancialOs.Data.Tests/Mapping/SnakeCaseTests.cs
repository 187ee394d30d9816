using System.Data;
using Dapper;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Mapping;

/// <summary>Columns in snake_case fill members in PascalCase, and nothing of Dapper that belongs to the host changes.</summary>
public sealed class SnakeCaseTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Sql = "SELECT number, amount_cents, customer_name FROM invoices ORDER BY number LIMIT 1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ITenantSession Session => fixture.Factory.CreateSession(fixture.ContextA);

    [Fact]
    public async Task Every_call_fills_members_by_columns_in_snake_case()
    {
        await using var connection = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        await using var transaction = fixture.Factory.BeginTransaction(fixture.ContextA);
        var expected = await NamedAsync(connection);
        foreach (var session in (ITenantSession[])[Session, connection, transaction, Session.WithTimeout(TimeSpan.FromMinutes(1))])
        {
            (await session.QueryAsync<Line>(Sql, cancellationToken: Token)).Should().Equal(expected);
            (await session.QuerySingleOrDefaultAsync<Line>(Sql, cancellationToken: Token)).Should().Be(expected);
            (await session.QueryUnbufferedAsync<Line>(Sql, cancellationToken: Token).ToListAsync(Token)).Should().Equal(expected);
            var batch = session.CreateBatch();
            var many = batch.AddQuery<Line>(Sql);
            var one = batch.AddQuerySingleOrDefault<Line>(Sql);
            await batch.ExecuteAsync(Token);
            (many.Value.Single(), one.Value).Should().Be((expected, expected));
        }
    }

    [Fact]
    public async Task Records_constructors_fields_and_structs_are_filled()
    {
        var session = Session;
        var expected = await NamedAsync(session);
        var record = await session.QuerySingleOrDefaultAsync<LineRecord>(Sql, cancellationToken: Token);
        record.Should().Be(new LineRecord(expected.Number!, expected.AmountCents, expected.CustomerName!));
        var built = await session.QuerySingleOrDefaultAsync<BuiltLine>(Sql, cancellationToken: Token);
        built!.Text.Should().Be($"{expected.Number} {expected.AmountCents} {expected.CustomerName}");
        var fields = await session.QuerySingleOrDefaultAsync<LineStruct>(Sql, cancellationToken: Token);
        (fields.Number, fields.AmountCents, fields.CustomerName).Should().Be((expected.Number, expected.AmountCents, expected.CustomerName));
    }

    [Fact]
    public async Task Parts_of_a_join_are_filled()
    {
        const string sql = "SELECT 1 AS bill_no, 2 AS id, 'x' AS customer_name, 3 AS id, 'y' AS customer_name";
        (await Session.QueryAsync<Bill, Buyer, Buyer, string>(
            sql, (bill, first, second) => $"{bill.BillNo} {first!.Id} {first.CustomerName} {second!.Id} {second.CustomerName}", cancellationToken: Token))
            .Should().Equal("1 2 x 3 y");
    }

    [Fact]
    public async Task What_has_no_members_is_read_as_before()
    {
        var session = Session;
        var row = (IDictionary<string, object>)(await session.QueryAsync<dynamic>("SELECT 1 AS amount_cents", cancellationToken: Token)).Single();
        row.Keys.Should().Equal("amount_cents");
        (await session.QueryAsync<(long Cents, string Name)>("SELECT 5::bigint AS customer_name, 'x' AS amount_cents", cancellationToken: Token))
            .Should().Equal((5, "x"));
        (await session.QueryAsync<int>("SELECT 7 AS amount_cents", cancellationToken: Token)).Should().Equal(7);
        (await session.ExecuteScalarAsync<int?>("SELECT 7 AS amount_cents", cancellationToken: Token)).Should().Be(7);
    }

    [Theory]
    [InlineData("SELECT 1::bigint AS \"AmountCents\", 2::bigint AS amount_cents")]
    [InlineData("SELECT 2::bigint AS amount_cents, 1::bigint AS \"AmountCents\"")]
    [InlineData("SELECT 2::bigint AS amount__cents, 1::bigint AS amountcents")]
    [InlineData("SELECT 1::bigint AS amount_cents, 2::bigint AS amount__cents")]
    public async Task An_exact_name_counts_before_one_in_snake_case_and_the_first_of_those(string sql) =>
        (await Session.QuerySingleOrDefaultAsync<Line>(sql, cancellationToken: Token))!.AmountCents.Should().Be(1);

    [Fact]
    public async Task Snake_case_member_is_filled_by_its_own_column()
    {
        var row = await Session.QuerySingleOrDefaultAsync<Twins>("SELECT 1 AS amount_cents, 2 AS amountcents", cancellationToken: Token);
        (row!.amount_cents, row.AmountCents).Should().Be((1, 2));
        (await Session.QuerySingleOrDefaultAsync<Twins>("SELECT 1 AS amount_cents", cancellationToken: Token))!.AmountCents.Should().Be(0);
    }

    [Fact]
    public async Task Dapper_of_the_host_keeps_its_behaviour_for_the_same_text_and_type()
    {
        DefaultTypeMap.MatchNamesWithUnderscores.Should().BeFalse();
        await using var plain = await fixture.OpenAsSuperuserAsync();
        for (var round = 0; round < 2; round++)
        {
            (await plain.QueryAsync<Line>(Sql)).Single().AmountCents.Should().Be(0);
            (await Session.QueryAsync<Line>(Sql, cancellationToken: Token)).Single().AmountCents.Should().Be(101);
            await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
            (await work.Connection.QueryAsync<Line>(Sql)).Single().AmountCents.Should().Be(0);
        }

        SqlMapper.GetTypeMap(typeof(Line)).Should().BeOfType<DefaultTypeMap>();
    }

    [Fact]
    public async Task Map_of_the_host_is_left_alone_also_when_it_comes_later()
    {
        (await Session.QueryAsync<Mapped>("SELECT 1 AS amount_cents", cancellationToken: Token)).Single().AmountCents.Should().Be(1);
        SqlMapper.SetTypeMap(typeof(Mapped), new CustomPropertyTypeMap(typeof(Mapped), (type,
            column) => column == "x" ? type.GetProperty("AmountCents")! : null!));
        await Session.Invoking(s => s.QuerySingleOrDefaultAsync<Mapped>("SELECT 1 AS amount_cents", cancellationToken: Token)).Should()
            .ThrowAsync<WorkCommittedException>("the map of the host has no such column");
        (await Session.QueryAsync<Mapped>("SELECT 2 AS x", cancellationToken: Token)).Single().AmountCents.Should().Be(2);
    }

    [Fact]
    public async Task A_thousand_columns_and_names_made_up_without_end()
    {
        var wide = string.Join(", ", Enumerable.Range(0, 999).Select(i => $"{i} AS c_{i}"));
        (await Session.QueryAsync<Line>($"SELECT {wide}, 5::bigint AS amount_cents", cancellationToken: Token)).Single().AmountCents.Should().Be(5);
        for (var i = 0; i < 100; i++)
            (await Session.QueryAsync<Line>($"SELECT 1 AS made_up_{i}, 5::bigint AS amount_cents",
                cancellationToken: Token)).Single().AmountCents.Should().Be(5);
    }

    private static async Task<Line> NamedAsync(ITenantSession session) =>
        (await session.QueryAsync<Line>(
            "SELECT number, amount_cents AS \"AmountCents\", customer_name AS \"CustomerName\" FROM invoices ORDER BY number LIMIT 1",
            cancellationToken: Token)).Single();

    private sealed record Line
    {
        public string? Number { get; init; }

        public long AmountCents { get; init; }

        public string? CustomerName { get; init; }
    }

    private sealed record LineRecord(string Number, long AmountCents, string CustomerName);

    private sealed class BuiltLine(string number, long amountCents, string customerName)
    {
        public string Text { get; } = $"{number} {amountCents} {customerName}";
    }

    private struct LineStruct
    {
        public string? Number = null;
        public long AmountCents = 0;

        public LineStruct()
        {
        }

        public string? CustomerName { get; set; }
    }

    private sealed class Bill
    {
        public int BillNo { get; set; }
    }

    private sealed class Buyer
    {
        public int Id { get; set; }

        public string? CustomerName { get; set; }
    }

    private sealed class Twins
    {
        public int AmountCents { get; set; }

#pragma warning disable IDE1006 // the attack: a member with the very name of the column
        public int amount_cents { get; set; }
#pragma warning restore IDE1006
    }

    private sealed class Mapped
    {
        public int AmountCents { get; set; }
    }
}
