using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Ways;

/// <summary>A row to be inserted as typed parameters, by the names of the statement.</summary>
internal static class RowParameters
{
    public static void Add(NpgsqlParameterCollection parameters, NewRow row)
    {
        AddOne(nameof(row.OrgId), row.OrgId);
        AddOne(nameof(row.Id), row.Id);
        AddOne(nameof(row.Number), row.Number);
        AddOne(nameof(row.AmountCents), row.AmountCents);
        AddOne(nameof(row.CustomerName), row.CustomerName);
        AddOne(nameof(row.Status), row.Status);
        AddOne(nameof(row.IssuedAt), row.IssuedAt);

        void AddOne<T>(string name, T value) => parameters.Add(new NpgsqlParameter<T>(name, value));
    }
}
