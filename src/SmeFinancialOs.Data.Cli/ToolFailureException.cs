namespace SmeFinancialOs.Data.Cli;

// What the user can mend: its message is all that is printed.
internal sealed class ToolFailureException(string message) : Exception(message);
