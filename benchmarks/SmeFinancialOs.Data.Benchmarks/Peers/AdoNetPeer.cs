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
        var rows = new List<InvoiceRow>();
        while (await reader.ReadAsync())
        {
            rows.Add(new InvoiceRow(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5),
                reader.GetFieldValue<DateOnly>(6), reader.GetDateTime(7)));
        }

        return rows;
    }
}
