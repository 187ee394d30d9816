using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Ways;

/// <summary>What every hand-coded way does by itself: parameters and rows.</summary>
internal static class AdoNet
{
    public static async Task<IReadOnlyList<InvoiceRow>> ReadInvoicesAsync(NpgsqlDataReader reader)
    {
        var rows = new List<InvoiceRow>();
        while (await reader.ReadAsync())
        {
            rows.Add(new InvoiceRow(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5),
                reader.GetFieldValue<DateOnly>(6), reader.GetDateTime(7)));
        }

        return rows;
    }

    public static void AddRow(NpgsqlParameterCollection parameters, NewRow row)
    {
        Add(nameof(row.OrgId), row.OrgId);
        Add(nameof(row.Id), row.Id);
        Add(nameof(row.Number), row.Number);
        Add(nameof(row.AmountCents), row.AmountCents);
        Add(nameof(row.CustomerName), row.CustomerName);
        Add(nameof(row.Status), row.Status);
        Add(nameof(row.IssuedAt), row.IssuedAt);

        void Add<T>(string name, T value) => parameters.Add(new NpgsqlParameter<T>(name, value));
    }
}
