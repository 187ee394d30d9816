using System.Security.Cryptography;
using System.Text;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>Writes down what an audit read and found, by names: nothing that two databases that were made in the same way do not share.</summary>
internal sealed class SnapshotBuilder(DatabaseModel model, AuditReport report, SnapshotDetails details)
{
    private readonly Facts _facts = [];
    private readonly CatalogSnapshot _catalog = model.Catalog;

    internal SnapshotDocument Build()
    {
        _facts.Add(SnapshotSection.Database, "this database")["owner"] = Name(_catalog.Database.Owner);
        foreach (var schema in _catalog.Schemas)
            _facts.Add(SnapshotSection.Schemas, schema.Name)["owner"] = Name(schema.Owner);
        foreach (var relation in _catalog.Relations.Values.Where(relation => !relation.Temporary))
            AddRelation(relation);
        var functions = Functions();
        foreach (var function in functions)
            AddFunction(function);
        AddPolicies();
        AddForeignKeys();
        AddTriggers();
        var others = new SnapshotRoles(model, details, _facts);
        others.Add(functions);
        AddVerdicts();
        AddFindings();
        return new(_catalog.ServerVersion.Major, SnapshotDocument.OptionsOf(model.Options), [.. Incomplete().Order(StringComparer.Ordinal)], _facts);
    }

    internal static string Letter(char letter) => letter switch { 'r' => "SELECT", 'a' => "INSERT", 'w' => "UPDATE", 'd' => "DELETE", _ => "ALL" };

    private string Name(uint role) => model.Identities.NameOf(role);

    private void AddRelation(Relation relation)
    {
        var kind = KindOf(relation);
        if (relation.Kind is 'v' or 'm')
        {
            var view = _facts.Add(SnapshotSection.Views, relation.Name);
            (view["kind"], view["owner"], view["rights"]) = (kind, Name(relation.Owner), relation.Invoker ? "invoker" : "owner");
            view["definition"] = relation.Invoker ? "" : Hash(details.ViewDefinitions.GetValueOrDefault(relation.Oid) ?? "");
        }
        else if (relation.Kind != 'S')
        {
            var table = _facts.Add(SnapshotSection.Tables, relation.Name);
            (table["kind"], table["owner"]) = (kind, Name(relation.Owner));
            table["rowSecurity"] = !relation.RowSecurity ? "off" : relation.Forced ? "forced" : "enabled";
            table["tenantColumn"] = model.TenantColumnOf(relation.Oid)?.Sql ?? "";
            table["parents"] = string.Join(", ", relation.Parents.Select(NameOfRelation).Order(StringComparer.Ordinal));
        }
    }

    internal static string KindOf(Relation relation) => relation.Kind switch
    {
        'p' => "partitioned table",
        'v' => "view",
        'm' => "materialized view",
        'f' => "foreign table",
        'S' => "sequence",
        _ => "table",
    };

    private string NameOfRelation(uint oid) => _catalog.Relations.TryGetValue(oid, out var relation) ? relation.Name : "a table that is not looked at";

    /// <summary>What policies call, directly or through other functions; what has the rights of its owner; what triggers of tenant tables run.</summary>
    private List<Function> Functions()
    {
        var triggers = model.TenantTables.SelectMany(table => _catalog.Triggers[table.Oid]).Select(trigger => trigger.Function).ToHashSet();
        var called = model.Policies.SelectMany(policy => policy.Policy.Functions).ToHashSet();
        var open = new Queue<Function>(_catalog.Functions.Values.Where(function => !function.System
            && (function.Definer || called.Contains(function.Oid) || triggers.Contains(function.Oid))));
        var found = open.ToHashSet();
        while (open.TryDequeue(out var function))
        {
            foreach (var inner in model.Parsed(function.Body).Calls().SelectMany(call => ExpressionClosure.FunctionsOf(model, call)).Where(found.Add))
                open.Enqueue(inner);
        }
        return [.. found];
    }

    private void AddFunction(Function function)
    {
        var fact = _facts.Add(SnapshotSection.Functions, function.Signature);
        (fact["owner"], fact["rights"]) = (Name(function.Owner), function.Definer ? "definer" : "invoker");
        fact["volatility"] = function.Volatility switch { 'i' => "immutable", 's' => "stable", _ => "volatile" };
        (fact["leakproof"], fact["language"]) = (SnapshotRoles.YesNo(function.Leakproof), function.Language);
        fact["searchPath"] = function.SearchPath is { } path ? string.Join(", ", path) : "the caller's";
        fact["settings"] = string.Join(", ", function.Settings.Where(setting => !setting.StartsWith("search_path=", StringComparison.Ordinal))
            .Select(setting => setting.Split('=', 2)).Select(parts => $"{parts[0]}={SnapshotRoles.Shown(parts[0], parts[1])}").Order(StringComparer.Ordinal));
        (fact["body"], fact["bodyForm"]) = (Hash($"{function.Returns}\n{function.Body}"), function.StandardBody ? "expression" : "text");
    }

    private void AddPolicies()
    {
        foreach (var policy in _catalog.Policies)
        {
            var table = NameOfRelation(policy.Relation);
            var fact = _facts.Add(SnapshotSection.Policies, $"{Identifier.Quote(policy.Name)} on {table}");
            (fact["table"], fact["mode"], fact["command"]) = (table, policy.Permissive ? "permissive" : "restrictive", Letter(policy.Command));
            fact["roles"] = string.Join(", ", policy.Roles.Select(Name).Order(StringComparer.Ordinal));
            (fact["using"], fact["check"]) = (policy.Using ?? "", policy.Check ?? "");
        }
    }

    private void AddForeignKeys()
    {
        foreach (var key in model.TenantTables.SelectMany(table => _catalog.ForeignKeys[table.Oid]).Where(key => model.IsTenantTable(key.Target)))
        {
            var (fact, target) = (_facts.Add(SnapshotSection.ForeignKeys, model.NameOf(key)), NameOfRelation(key.Target));
            (fact["table"], fact["columns"]) = (NameOfRelation(key.Relation), Columns(key.Relation, key.Columns));
            fact["target"] = $"{target} ({Columns(key.Target, key.TargetColumns)})";
            (fact["onDelete"], fact["onUpdate"]) = (Action(key.OnDelete), Action(key.OnUpdate));
            fact["state"] = (!key.Enforced ? "not enforced" : key.Validated ? "valid" : "not validated") + (key.Deferrable ? ", deferrable" : "");
        }
    }

    private string Columns(uint table, short[] numbers) => string.Join(", ",
        numbers.Select(number => _catalog.Columns[table].FirstOrDefault(column => column.Number == number)?.Sql ?? "?"));

    private static string Action(char letter) =>
        letter switch { 'r' => "restrict", 'c' => "cascade", 'n' => "set null", 'd' => "set default", _ => "no action" };

    private void AddTriggers()
    {
        foreach (var trigger in details.Triggers)
        {
            var table = NameOfRelation(trigger.Relation);
            var fact = _facts.Add(SnapshotSection.Triggers, $"{trigger.Name} on {table}");
            (fact["table"], fact["function"], fact["definition"]) = (table, trigger.Function, trigger.Definition);
            fact["enabled"] = trigger.Enabled switch { "O" => "yes", "A" => "always", "R" => "for replicas", _ => "no" };
        }
    }

    /// <summary>On tables. Of views and functions the snapshot has what decides the verdict, and the findings that follow from it.</summary>
    private void AddVerdicts()
    {
        var (commands, roles) = (new OpenCommands(model), _catalog.Roles.Values.ToDictionary(role => role.Sql));
        var tables = _catalog.Relations.Values.Where(relation => relation.IsTable).ToDictionary(relation => relation.Name);
        foreach (var judgement in report.Judgements.Where(judgement => tables.ContainsKey(judgement.Table)))
        {
            var fact = _facts.Add(SnapshotSection.Verdicts, $"{judgement.Table} for {judgement.Role}");
            (fact["table"], fact["role"]) = (judgement.Table, judgement.Role);
            fact["verdict"] = judgement.Verdict switch
            {
                PolicyVerdict.Safe => "safe",
                PolicyVerdict.Closed => "closed",
                PolicyVerdict.Hole => "hole",
                _ => "not judged",
            };
            fact["commands"] = judgement.Verdict == PolicyVerdict.Closed ? "" : commands.Of(tables[judgement.Table], roles[judgement.Role]);
            fact["reason"] = judgement.Verdict == PolicyVerdict.NotJudged ? judgement.Reason : "";
        }
    }

    /// <summary>Also what is allowed: a snapshot says what is there. Prepared transactions come and go.</summary>
    private void AddFindings()
    {
        var database = Identifier.Quote(_catalog.Database.Name);
        foreach (var finding in report.Findings.Concat(report.Suppressed.Select(suppressed => suppressed.Finding))
            .Where(finding => finding.RuleId != "prepared-transactions"))
        {
            var name = finding.ObjectName == database ? "this database"
                : finding.ObjectName.Replace($"DATABASE {database}", "DATABASE", StringComparison.Ordinal);
            var fact = _facts.Add(SnapshotSection.Findings, $"{finding.RuleId}: {name}");
            (fact["rule"], fact["object"], fact["severity"]) = (finding.RuleId, name, finding.Severity.ToString().ToLowerInvariant());
        }
    }

    private IEnumerable<string> Incomplete() => report.Unread.Concat(
        from judgement in report.Judgements
        where judgement.Verdict == PolicyVerdict.NotJudged && details.RolesNotTaken.Any(role => Name(role) == judgement.Role)
        select $"{judgement.Table} for {judgement.Role}: the login may not SET ROLE to {judgement.Role}, so its policies were not judged");

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
