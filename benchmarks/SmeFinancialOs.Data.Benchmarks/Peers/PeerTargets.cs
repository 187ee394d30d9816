using SmeFinancialOs.Data.Benchmarks.Measuring;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>What this library promises against its peers.</summary>
internal sealed class PeerTargets(PeerWays ways, IReadOnlyList<Case> cases, Measurements measurements, IReadOnlyDictionary<string, long> bytes)
{
    public IReadOnlyList<Target> All =>
    [
        Time("session / Dapper unprotected", 1.05, ways.Session.Title, ways.Dapper.Title),
        Time("session / hand-written", 0.65, ways.Session.Title, ways.HandWritten.Title),
        Time("session / EF Core with interceptor", 0.60, ways.Session.Title, ways.EfCoreInterceptor.Title),
        Time("session / Prisma with the extension", 0.15, ways.Session.Title, PrismaWays.ExtensionTitle),
        new("allocated bytes: session / Dapper unprotected", 1.15, (double)bytes[ways.Session.Title] / bytes[ways.Dapper.Title], []),
        Time("unit of work / hand-written", null, ways.UnitOfWork.Title, ways.HandWritten.Title),
        Time("transaction / hand-written", null, ways.Transaction.Title, ways.HandWritten.Title),
    ];

    private Target Time(string figure, double? atMost, string title, string otherTitle)
    {
        var way = cases.Single(each => each.Title == title);
        return cases.SingleOrDefault(each => each.Title == otherTitle) is { } other
            ? new(figure, atMost, measurements.Ratio(way, other), measurements.RatiosOfRounds(way, other))
            : new(figure, atMost, null, []);
    }
}
