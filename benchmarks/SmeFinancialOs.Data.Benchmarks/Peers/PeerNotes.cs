namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>What a reader of the table needs to know of the ways.</summary>
internal static class PeerNotes
{
    public static IReadOnlyList<string> All { get; } =
    [
        "A call is a whole request: a connection from the pool, the newest 50 invoices of one organization, its rows as objects. Every way gave the same rows before anything was timed.",
        "unprotected: tables without policies, filtered by WHERE org_id. A query that forgets it shows every organization's rows. All other ways ask the protected tables without a WHERE; the policies filter.",
        "Npgsql: hand-coded ADO.NET, the yardstick. A protected way can still take less time: PostgreSQL may plan a prepared WHERE org_id = $1 anew for each call. A policy has no parameter, so its plan is kept.",
        "session: one statement in a transaction of its own. transaction (BeginTransaction) and unit of work (OpenConnectionAsync): several statements that stand or fall together; here it is one, and they pay for the commit.",
        "hand-written, Dapper: begin, set_config of tenant and role, query, commit. EF Core, transaction: the same in EF Core.",
        "EF Core, interceptor: tenant and role are set for the database session whenever a connection is opened. Nothing takes them back but the pool's reset: with No Reset On Close, as PgBouncer needs it, they leak into the next request.",
        "EF Core: pooled contexts, AsNoTracking. Every way in this process has a pool of its own with the same settings, prepared statements included.",
        "Prisma runs in a Node process of its own, which times its calls itself; its driver does not prepare statements, and its allocations are not counted.",
        "round trips: how often a request waits for the server, counted on the wire. Between two machines each costs the network's time on top: see the question distance.",
        "bytes: what a call allocates in this process, as BenchmarkDotNet counts it.",
        "Marten is left out: a package that its version 9 depends on could not be restored. Its own row-level security sets the tenant for the database session, as the interceptor does.",
    ];
}
