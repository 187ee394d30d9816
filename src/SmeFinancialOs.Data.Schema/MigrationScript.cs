using System.Security.Cryptography;
using System.Text;
using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema;

// A script as this database runs it: with its role names, and with the name that the journal knows it by.
internal sealed class MigrationScript(SqlScript shipped, RoleRenaming renaming) : SqlScript(shipped.Name, renaming.Apply(shipped.Contents))
{
    // The first line of a script that is harmless when repeated: functions and grants. It runs again, in its place in the order, when its text has changed.
    // A text that came once does not come again: to take a change back, change a comment as well.
    internal const string Marker = "-- Run again when this text changes.";

    internal string JournaledAs { get; } = IsRepeatable(shipped) ? $"{shipped.Name}#{Hash(shipped.Contents)}" : shipped.Name;

    private static bool IsRepeatable(SqlScript script) => script.Contents.StartsWith(Marker, StringComparison.Ordinal);

    // Of the shipped text, whatever the roles are called and wherever the package was built.
    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.Replace("\r\n", "\n", StringComparison.Ordinal))))[..12];
}
