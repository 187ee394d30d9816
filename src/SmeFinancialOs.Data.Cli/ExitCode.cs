namespace SmeFinancialOs.Data.Cli;

internal static class ExitCode
{
    internal const int Clean = 0;
    internal const int Findings = 1;
    internal const int CouldNotRun = 2;

    internal const string Help = "Exit codes: 0 nothing found, 1 findings at or above --fail-on, 2 could not run, or not all of it.";
}
