using System.CommandLine;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Cli;

/// <summary>A folder of migrations, and what they build upon: the same for lint and fix.</summary>
internal sealed class MigrationFlags
{
    private readonly Argument<string?> _folder;
    private readonly Option<bool> _withTenantSchema = new("--with-tenant-schema")
    {
        Description = "Run this library's own migrations first, so that yours may call app.protect_table.",
    };
    private readonly Option<string[]> _prelude = new("--prelude")
    {
        Description = "What the migrations build upon, made first: supabase (its roles, schemas, auth.users, auth.uid(), storage).",
    };
    private readonly Option<string[]> _before = new("--before")
    {
        Description = "A file of SQL that runs before the migrations and brings no finding of its own. May be repeated; they run in this order.",
    };
    private readonly Option<string?> _databaseName = new("--database-name")
    {
        Description = "The name of the throwaway database, for migrations that mention it.",
    };

    internal MigrationFlags(bool isFolderRequired)
    {
        _folder = new("folder")
        {
            Description = "Where the SQL migrations are: plain, Flyway, goose, dbmate, golang-migrate, "
                + "Prisma, Supabase, sqitch and others. Those of EF Core and other programs must be written as SQL first.",
            Arity = isFolderRequired ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
        };
        _prelude.AcceptOnlyFromAmong("supabase");
    }

    internal void AddTo(Command command)
    {
        command.Arguments.Add(_folder);
        foreach (var option in (Option[])[_withTenantSchema, _prelude, _before, _databaseName])
            command.Options.Add(option);
    }

    internal string? Folder(ParseResult parsed) => parsed.GetValue(_folder);

    internal string? DatabaseName(ParseResult parsed) => parsed.GetValue(_databaseName);

    internal bool AreGiven(ParseResult parsed) =>
        parsed.GetValue(_withTenantSchema) || parsed.GetValue(_prelude) is { Length: > 0 } || parsed.GetValue(_before) is { Length: > 0 }
            || parsed.GetValue(_databaseName) is not null;

    internal IReadOnlyList<(string Name, string Text)> Prelude(ParseResult parsed) =>
    [
        .. parsed.GetValue(_withTenantSchema) ? SchemaMigrator.Scripts : [],
        .. parsed.GetValue(_prelude) is { Length: > 0 } ? MigrationPreludes.Supabase : [],
        .. parsed.GetValue(_before)!.Select(file => (file, File.ReadAllText(file))),
    ];
}
