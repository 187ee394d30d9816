namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>One file that runs: its path relative to the folder, and its text without what undoes it, on the lines where it stands.</summary>
internal sealed record Migration(string Path, string Text);
