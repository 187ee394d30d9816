using Npgsql;
using NpgsqlTypes;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Statements;

/// <summary>The call of a resolver: a function and its arguments, and the tenants that it returns.</summary>
internal sealed class ResolverStatement(string function, IReadOnlyList<object> key) : Statement<IReadOnlyList<TenantKey>>(CommandOf(function, key))
{
    public override string Operation => OperationName.Resolve;

    public override async ValueTask ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var tenants = new List<TenantKey>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (reader.GetValue(0) is not DBNull and var value)
                tenants.Add(value switch { Guid uuid => uuid, long bigint => bigint, _ => (string)value });
        }

        Result = tenants;
    }

    private static NpgsqlBatchCommand CommandOf(string function, IReadOnlyList<object> key)
    {
        var command = new NpgsqlBatchCommand($"SELECT app.{function}({string.Join(", ", key.Select((_, index) => $"${index + 1}"))})");
        foreach (var value in key)
        {
            // Text is read as the type of the column, whatever that is: varchar, citext, an enum.
            command.Parameters.Add((value is TenantKey tenant ? tenant.Value : value) switch
            {
                string text => new NpgsqlParameter { Value = text, NpgsqlDbType = NpgsqlDbType.Unknown },
                var other => new NpgsqlParameter { Value = other },
            });
        }

        return command;
    }
}
