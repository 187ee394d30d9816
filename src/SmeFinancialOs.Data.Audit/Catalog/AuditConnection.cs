using System.Runtime.CompilerServices;

namespace SmeFinancialOs.Data.Audit.Catalog;

internal sealed class AuditConnection(string connectionString, [CallerArgumentExpression(nameof(connectionString))] string? parameter = null)
    : ServerConnection(connectionString, parameter)
{
    private protected override Exception Fault(string message, string? sqlState, Exception? innerException) =>
        new AuditConnectionException(message, innerException) { SqlState = sqlState };
}
