using System.Data;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Postgresql;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>
/// DbUp's executor, which can be cancelled and says where a script failed. It is given no schema: DbUp would create it, and the first script does.
/// </summary>
internal sealed class MigrationScriptExecutor(UpgradeConfiguration configuration, SchemaRoles roles, CancellationToken cancellationToken)
    : PostgresqlScriptExecutor(() => configuration.ConnectionManager, () => configuration.Log, null, () => configuration.VariablesEnabled,
        configuration.ScriptPreprocessors, () => configuration.Journal)
{
    protected override void ExecuteNonQuery(IDbCommand command) =>
        ((NpgsqlCommand)command).ExecuteNonQueryAsync(cancellationToken).GetAwaiter().GetResult();

    protected override void ExecuteCommandsWithinExceptionHandler(int index, SqlScript script, Action executeCommand)
    {
        try
        {
            executeCommand();
        }
        catch (PostgresException fault) when (script is GuardAllowanceScript allowance)
        {
            throw MigrationFailure.OfAllowance(allowance.Relation, fault);
        }
        catch (NpgsqlException fault)
        {
            var contents = PreprocessScriptContents(script, null);
            var line = ScriptLine.Find(contents, configuration.ConnectionManager.SplitScriptIntoCommands(contents), index, fault as PostgresException);
            throw MigrationFailure.OfScript(script.Name, line, fault, roles.Owner);
        }
    }
}
