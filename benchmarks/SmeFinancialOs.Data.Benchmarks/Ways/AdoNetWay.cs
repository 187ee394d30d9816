using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Ways;

/// <summary>The yardstick: hand-coded ADO.NET that no policy binds, the tenant in a WHERE clause that nobody may forget.</summary>
internal sealed class AdoNetWay(NpgsqlDataSource dataSource, string schema) : ITotalsWay
{
    private readonly Queries _sql = new(schema, " WHERE org_id = @org");

    public async Task<IReadOnlyList<InvoiceRow>> ListAsync(Guid organization)
    {
        await using var command = Ask(_sql.Newest, organization);
        await using var reader = await command.ExecuteReaderAsync();
        return await HandWrittenCode.ReadAllAsync(reader, HandWrittenCode.ReadInvoice);
    }

    public async Task<IReadOnlyList<StatusTotal>> TotalsAsync(Guid organization)
    {
        await using var command = Ask(_sql.TotalsByStatus, organization);
        await using var reader = await command.ExecuteReaderAsync();
        return await HandWrittenCode.ReadAllAsync(reader, row => new StatusTotal(row.GetString(0), row.GetInt64(1), row.GetInt64(2)));
    }

    public async Task<int> InsertAsync(NewRow row)
    {
        await using var command = dataSource.CreateCommand(_sql.Insert);
        RowParameters.Add(command.Parameters, row);
        return await command.ExecuteNonQueryAsync();
    }

    private NpgsqlCommand Ask(string sql, Guid organization)
    {
        var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid>("org", organization));
        return command;
    }
}
