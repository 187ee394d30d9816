using System.Security.Cryptography;
using System.Text;
using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema;

/// <summary>A script as this database runs it, with its role names. DbUp would order scripts by their names: they come in the order of sql/apply.sql.</summary>
internal sealed class MigrationScript(SqlScript shipped, RoleRenaming renaming, int order)
    : SqlScript(shipped.Name, renaming.Apply(shipped.Contents), new SqlScriptOptions { RunGroupOrder = order })
{
    /// <summary>A migration has a number and is run once. An object (functions, policies, views) is run again when its text has changed.</summary>
    internal bool IsMigration { get; } = char.IsAsciiDigit(Path.GetFileName(shipped.Name)[0]);

    /// <summary>Of the shipped text, whatever the roles are called and wherever the package was built.</summary>
    internal string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shipped.Contents.Replace("\r\n", "\n", StringComparison.Ordinal))))[..12];
}
