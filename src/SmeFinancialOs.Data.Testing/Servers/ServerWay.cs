namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>One way to come by a server.</summary>
internal abstract class ServerWay
{
    public abstract PostgresServerKind Kind { get; }

    /// <summary>The value of <c>SME_DATA_POSTGRES</c> that asks for this way alone.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence for those who have no server yet.</summary>
    public abstract string HowToTurnOn { get; }

    /// <summary>Whether the host named something that only this way uses: then a failure is not passed over for the next way.</summary>
    public virtual bool IsAskedFor(ServerRequest request) => false;

    /// <exception cref="WayUnavailableException">This way does not work here; the message says why.</exception>
    public abstract Task<StartedServer> StartAsync(ServerRequest request, CancellationToken cancellationToken);
}
