using Npgsql;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Asks the server, ahead of a COMMIT, whether tenant and role are still those that the transaction began with.</summary>
internal static class ContextCheck
{
    private const string Sql = "SELECT app.require_context($1, $2)";

    public static NpgsqlBatchCommand Command(SessionTarget target) => Command(target, Sql);

    /// <summary>Not prepared, for a batch whose own statements may take away what is.</summary>
    public static NpgsqlBatchCommand UnpreparedCommand(SessionTarget target) => Command(target, PreparedStatements.Unprepared(Sql));

    private static NpgsqlBatchCommand Command(SessionTarget target, string sql)
    {
        var check = new NpgsqlBatchCommand(sql);
        check.Parameters.Add(new NpgsqlParameter { Value = (object?)target.Context.OrganizationId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        check.Parameters.Add(new NpgsqlParameter<string> { TypedValue = target.Settings.RoleOf(target.Context), NpgsqlDbType = NpgsqlDbType.Name });
        return check;
    }
}
