using System.Runtime.CompilerServices;

namespace SmeFinancialOs.Data.Schema;

/// <summary>One connection does everything: whoever loses it loses the lock and the running script together.</summary>
internal sealed class MigrationConnection(string connectionString, [CallerArgumentExpression(nameof(connectionString))] string? parameter = null)
    : ServerConnection(connectionString, parameter)
{
    private protected override Exception Fault(string message, string? sqlState, Exception? innerException) =>
        new SchemaMigrationException(message, innerException) { SqlState = sqlState };
}
