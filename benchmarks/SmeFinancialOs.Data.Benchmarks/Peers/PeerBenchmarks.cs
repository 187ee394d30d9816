using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>The request, with the server next to the app.</summary>
public class PeerBenchmarks : RequestBenchmarks
{
    internal static Shared<PeerWays> Ways { get; } = new(async () => await PeerWays.CreateAsync(await Suite.Database.GetAsync(), route: direct => direct));

    internal static Shared<PrismaWays> Prisma { get; } = new(async () => await PrismaWays.StartAsync(await Suite.Database.GetAsync(), route: direct => direct));

    [GlobalSetup]
    public async Task SetUp() => Asked = await Ways.GetAsync();
}
