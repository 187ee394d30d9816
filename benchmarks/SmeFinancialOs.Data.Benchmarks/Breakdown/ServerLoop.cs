using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>
/// A query many times over inside the server, so that neither network nor driver is in its time. A loop in PL/pgSQL keeps the plan and runs it as a
/// prepared statement is run. EXPLAIN ANALYZE would not do: it counts the rows of every plan node, which costs as much as so fast a query itself.
/// </summary>
/// <param name="dataSource">The login.</param>
/// <param name="organization">Whose rows; the variable org of the loop.</param>
/// <param name="role">The role of the settings.</param>
/// <param name="sql">The query.</param>
/// <param name="times">The turns of the loop.</param>
/// <param name="isPlanKept">Plan once, whatever the value of org; otherwise PostgreSQL may plan each turn anew where it deems that cheaper.</param>
internal sealed class ServerLoop(NpgsqlDataSource dataSource, Guid organization, string role, string sql, int times, bool isPlanKept)
{
    private readonly string _loop = $"""
        DO $loop$
        DECLARE
            org uuid := '{organization}';
        BEGIN
            PERFORM set_config('plan_cache_mode', '{(isPlanKept ? "force_generic_plan" : "auto")}', true);
            FOR turn IN 1..{times} LOOP
                PERFORM{sql["SELECT".Length..]};
            END LOOP;
        END
        $loop$
        """;

    public async Task RunAsync()
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                HandWrittenCode.Statement(HandWrittenCode.SettingsSql(role), HandWrittenCode.SettingsParameter(organization)),
                new NpgsqlBatchCommand(_loop),
            },
        };
        await batch.ExecuteNonQueryAsync();
    }
}
