using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>This library for a single statement.</summary>
internal sealed class SessionPeer(NpgsqlDataSource dataSource, Guid organization) : IPeer
{
    private readonly TenantConnectionFactory _factory = new(dataSource);

    public string Title => "this library, session";

    /// <summary>Context and session are made for each request, as a host app does.</summary>
    public Task<IReadOnlyList<InvoiceRow>> NewestAsync() =>
        _factory.CreateSession(TenantContext.ForOrganization(organization)).QueryAsync<InvoiceRow>(PeerSql.Protected);
}
