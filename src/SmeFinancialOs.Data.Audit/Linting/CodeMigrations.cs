using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>
/// Migrations that are programs and not SQL. The lint runs none of them; the tool that they are written for can write what they do as SQL. A sentence for
/// each tool whose files a folder has.
/// </summary>
internal static partial class CodeMigrations
{
    private static readonly (string Tool, string Endings, Regex Sign, string Command)[] Tools =
    [
        ("EF Core", ".cs", EfCore(), "dotnet ef migrations script --idempotent -o migrations/schema.sql"),
        ("FluentMigrator", ".cs", FluentMigrator(),
            "dotnet fm migrate -p PostgreSQL15_0 -a YourMigrations.dll --no-connection --preview --output=migrations/schema.sql"),
        ("Alembic", ".py", Alembic(), "alembic upgrade head --sql > migrations/schema.sql"),
        ("Django", ".py", Django(), "python manage.py sqlmigrate APP MIGRATION > migrations/0001.sql (once for each migration, in their order)"),
        ("Rails", ".rb", Rails(),
            "RAILS_ENV=test bin/rails db:migrate db:schema:dump, with config.active_record.schema_format = :sql, which writes db/structure.sql"),
        ("TypeORM", ".ts .js", TypeOrm(), "pg_dump --schema-only --no-owner -f migrations/schema.sql, of a database that they were applied to"),
        ("Sequelize", ".ts .js .cjs", Sequelize(), "pg_dump --schema-only --no-owner -f migrations/schema.sql, of a database that they were applied to"),
        ("Knex", ".ts .js .cjs .mjs", Knex(), "pg_dump --schema-only --no-owner -f migrations/schema.sql, of a database that they were applied to"),
    ];

    private static readonly string[] Foreign = ["node_modules", "bin", "obj", ".git", ".venv", "venv", "vendor"];

    internal static IReadOnlyList<string> In(string folder)
    {
        var counts = new Dictionary<string, int>();
        foreach (var file in Files(folder))
        {
            var candidates = Tools.Where(tool => tool.Endings.Split(' ').Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).ToList();
            if (candidates.Count == 0)
                continue;
            var text = File.ReadAllText(file);
            if (candidates.Find(tool => tool.Sign.IsMatch(text)) is { Tool: { } found })
                counts[found] = counts.GetValueOrDefault(found) + 1;
        }

        return [.. from tool in Tools
                   where counts.ContainsKey(tool.Tool)
                   let count = counts[tool.Tool]
                   select $"{count} {(count == 1 ? "file" : "files")} of {tool.Tool}, which {(count == 1 ? "is" : "are")} not SQL. Write what they do as SQL, "
                       + $"and lint that: {tool.Command}."];
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder)
            .Where(below => !Foreign.Contains(Path.GetFileName(below)) && !File.GetAttributes(below).HasFlag(FileAttributes.ReparsePoint)).SelectMany(Files));

    /// <summary>The migration, its designer file, or the model's snapshot; text identifiers, such as 20260101000000_Init.</summary>
    [GeneratedRegex(@"\busing\s+Microsoft\.EntityFrameworkCore\.Migrations\b|\[Migration\(\s*""\d|:\s*ModelSnapshot\b")]
    private static partial Regex EfCore();

    /// <summary>Numbers, where EF Core has texts.</summary>
    [GeneratedRegex(@"\busing\s+FluentMigrator\b|\[(Migration|TimestampedMigration)\(\s*\d|:\s*(AutoReversing|ForwardOnly)Migration\b")]
    private static partial Regex FluentMigrator();

    [GeneratedRegex(@"^\s*from\s+alembic\s+import\b|^down_revision\b", RegexOptions.Multiline)]
    private static partial Regex Alembic();

    [GeneratedRegex(@"^class\s+Migration\(migrations\.Migration\)", RegexOptions.Multiline)]
    private static partial Regex Django();

    [GeneratedRegex(@"<\s*ActiveRecord::Migration\b|\bActiveRecord::Schema\b")]
    private static partial Regex Rails();

    [GeneratedRegex(@"\bimplements\s+MigrationInterface\b|\bqueryRunner\.")]
    private static partial Regex TypeOrm();

    [GeneratedRegex(@"\bqueryInterface\b")]
    private static partial Regex Sequelize();

    [GeneratedRegex(@"\bknex\b")]
    private static partial Regex Knex();
}
