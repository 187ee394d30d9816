using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>The yardstick: ADO.NET by hand, on tables without policies. Nothing in .NET is faster.</summary>
internal sealed class AdoNetPeer(NpgsqlDataSource dataSource, Guid organization) : IPeer
{
    public string Title => "Npgsql, unprotected";

    public async Task<IReadOnlyList<InvoiceRow>> NewestAsync()
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(PeerSql.Unprotected, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid>("org", organization));
        await using var reader = await command.ExecuteReaderAsync();
        return await HandWrittenCode.ReadAllAsync(reader, HandWrittenCode.ReadInvoice);
    }
}
