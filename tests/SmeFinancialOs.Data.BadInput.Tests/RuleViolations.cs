using Npgsql;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>Methods as they should not be, one for each rule.</summary>
internal static class RuleViolations
{
    public static BadInputDatabase BadInputDatabase { get; set; } = null!;

    public static NpgsqlConnection? Kept { get; set; }

    public static int Dereferences(string text) => text.Length;

    public static void Accepts(string text)
    {
    }

    // CA2201, CA2208: what these rules are against is what the examination has to find.
#pragma warning disable CA2201, CA2208
    public static void NamesAnother(string text) => throw new ArgumentNullException("other");

    public static void ThrowsAnything(string text) => throw new Exception("something went wrong with text");

#pragma warning restore CA2201, CA2208

    public static Task Hangs(string text) => new TaskCompletionSource().Task;

    public static async Task LeavesARow(string text)
    {
        await BadInputDatabase.Database.CreateOrganizationAsync();
        throw new ArgumentException("No.", nameof(text));
    }

    public static async Task LogsAnAdmin(string text)
    {
        await BadInputDatabase.Factory.CreateSession(BadInputDatabase.AdminContext).ExecuteAsync("SELECT 1");
        throw new ArgumentException("No.", nameof(text));
    }

    public static async Task KeepsAConnection(string text)
    {
        Kept = await BadInputDatabase.App.OpenConnectionAsync();
        throw new ArgumentException("No.", nameof(text));
    }

    public static void TellsAPassword(string text) =>
        throw new ArgumentException("No: " + new NpgsqlConnectionStringBuilder(BadInputDatabase.Database.AppConnectionString).Password, nameof(text));

    public static void HidesTheHost(Action text)
    {
        try
        {
            text();
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException("The host's own code failed.", fault);
        }
    }
}
