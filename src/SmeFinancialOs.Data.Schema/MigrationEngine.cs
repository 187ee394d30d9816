using DbUp.Builder;
using DbUp.Engine;
using DbUp.Engine.Transactions;
using DbUp.Postgresql;
using DbUp.ScriptProviders;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>DbUp, put together for one open connection. All scripts are one transaction: what fails leaves nothing.</summary>
internal static class MigrationEngine
{
    internal static UpgradeEngine Create(
        NpgsqlConnection connection, SchemaRoles roles, IReadOnlyList<SqlScript> scripts, CancellationToken cancellationToken)
    {
        var connections = new SingleConnectionManager(connection) { TransactionMode = TransactionMode.SingleTransaction };
        var configuration = new UpgradeConfiguration
        {
            ConnectionManager = connections,
            Journal = new MigrationJournal(roles),
            VariablesEnabled = false, // $roles$ is a dollar quote, no variable
        };
        configuration.ScriptExecutor = new MigrationScriptExecutor(configuration, roles, cancellationToken);
        configuration.ScriptProviders.Add(new StaticScriptProvider(scripts));
        return new UpgradeEngine(configuration);
    }

    /// <summary>Splits as DbUp's manager does, but works on the connection that holds the lock.</summary>
    private sealed class SingleConnectionManager(NpgsqlConnection connection) : DatabaseConnectionManager(
        new DelegateConnectionFactory(_ => new KeptOpenConnection(connection)))
    {
        private readonly PostgresqlConnectionManager _splitter = new(connection.ConnectionString);

        public override IEnumerable<string> SplitScriptIntoCommands(string scriptContents) => _splitter.SplitScriptIntoCommands(scriptContents);
    }
}
