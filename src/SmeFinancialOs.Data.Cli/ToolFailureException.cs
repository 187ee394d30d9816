namespace SmeFinancialOs.Data.Cli;

/// <summary>What the user can mend: its message is all that is printed.</summary>
internal sealed class ToolFailureException(string message) : Exception(message);
