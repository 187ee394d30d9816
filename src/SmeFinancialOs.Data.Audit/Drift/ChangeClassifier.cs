namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>
/// Gives a change its class: that of the verdicts and findings that changed with it, or a worse one by what kind of change it is. What fits nowhere needs
/// review.
/// </summary>
internal sealed class ChangeClassifier(Facts before, Facts after, IReadOnlyList<FactChange> changes, IReadOnlyList<Consequence> consequences)
{
    private const string ByVerdict = "by the verdicts";

    private readonly RoleReach _oldReach = new(before);
    private readonly RoleReach _newReach = new(after);

    /// <summary>Null where the change is a part of another one: the privileges of a table that is new or gone.</summary>
    internal (SchemaChangeClass Class, string Reason)? Classify(FactChange change)
    {
        if (IsPart(change))
            return null;
        var found = consequences.Where(item => IsOf(item, change)).ToList();
        found.ForEach(item => item.IsExplained = true);
        var (own, reason) = change.RenamedFrom is not null ? (SchemaChangeClass.Safe, "only the name is another") : Own(change, found);
        var @class = found.Select(item => item.Class).Append(own).Max();
        var reasons = found.Where(item => item.Class == @class || item.IsImprovement).Select(item => item.Text).Distinct().Take(4)
            .Prepend(own == @class && reason != ByVerdict ? reason : null);
        var text = string.Join("; ", reasons.OfType<string>());
        return (@class, text.Length > 0 ? text : "proved safe before and after, for the same commands");
    }

    private (SchemaChangeClass Class, string Reason) Own(FactChange change, List<Consequence> found) => change.Section.Name switch
    {
        SnapshotSection.Tables => OfTable(change, found),
        SnapshotSection.Policies => OfPolicy(change),
        SnapshotSection.Grants => OfGrant(change, found),
        SnapshotSection.Memberships => OfMembership(change, found),
        SnapshotSection.Roles => OfRole(change, found),
        SnapshotSection.Functions => change.New is null && HasGrantOfApp(before, change.Name) ? Breaks("the app called it") : Review("a function"),
        SnapshotSection.Views => change.New is null && HasGrantOfApp(before, change.Name) ? Breaks("the app read it")
            : change.New?["rights"] == "invoker" && found.Exists(item => item.IsImprovement) ? (SchemaChangeClass.Safe, ByVerdict) : Review("a view"),
        SnapshotSection.Settings or SnapshotSection.DefaultPrivileges when change.New is null && found.Exists(item => item.IsImprovement) =>
            (SchemaChangeClass.Safe, ByVerdict),
        _ => Review("a person has to look"),
    };

    private (SchemaChangeClass, string) OfTable(FactChange change, List<Consequence> found)
    {
        if (change.New is null)
            return HasGrantOfApp(before, change.Name) ? Breaks("the app used the table") : Review("a table is gone that the app did not use");
        var verdicts = after.VerdictsOf(change.Name).ToList();
        if (change.Old is null)
            return verdicts.Count > 0 && verdicts.TrueForAll(IsSettled) ? (SchemaChangeClass.Safe, $"a new table; {Text(verdicts)}")
                : verdicts.Count == 0 && change.New.Is("rowSecurity", "off") && HasGrantOfApp(after, change.Name)
                    ? Review("a new table that the app uses, without tenant column and row-level security") : Review("a new table");
        if (change.Has("rowSecurity") && change.New.Is("rowSecurity", "off"))
            return (SchemaChangeClass.Dangerous, "row-level security is off");
        return change.Changed is ["rowSecurity"] && found.Exists(item => item.IsImprovement) && verdicts.TrueForAll(IsSettled)
            ? (SchemaChangeClass.Safe, ByVerdict) : Review(change.Has("owner") ? "another owner" : "a person has to look");
    }

    private (SchemaChangeClass, string) OfPolicy(FactChange change)
    {
        var roles = change.Any["roles"].Split(", ").Concat(change.Old?["roles"].Split(", ") ?? []).Distinct().ToList();
        if (!roles.Exists(IsApp))
            return Review($"it is about {string.Join(", ", roles)}");
        var isRestrictive = change.Any.Is("mode", "restrictive");
        if (change.New is null)
            return isRestrictive ? Review("a restriction is gone") : Breaks("a policy of the app is gone");
        if (change.Old is null && isRestrictive)
            return Breaks("the app is restricted further");
        if (!IsSafe(change.New["table"]))
            return Review("the table is not proved safe");
        if (change.Has("mode") || (change.Has("roles") && roles.Exists(role => !IsApp(role))))
            return Review("it is about other roles, too, or permits instead of restricting");
        // The verdict is about tenants alone: a ban that has nothing to do with them may be gone although no row of another tenant passes.
        return isRestrictive && !(NamesTenant(change.Old!) && NamesTenant(change.New))
            ? Review("a restriction that is not about the tenant is another") : (SchemaChangeClass.Safe, ByVerdict);
    }

    private (SchemaChangeClass, string) OfGrant(FactChange change, List<Consequence> found)
    {
        var (role, name) = (change.Any["to"], change.Any["on"]);
        if (!IsApp(role))
            return Review($"it changes what {role} may do");
        var privileges = change.Old is null ? change.New!.Keys.Where(IsPrivilege)
            : change.New is null ? change.Old.Keys.Where(IsPrivilege) : change.Changed.Where(IsPrivilege);
        var isLess = privileges.All(privilege => change.New?.GetValueOrDefault(privilege) is not { } now
            || (now.StartsWith("columns", StringComparison.Ordinal) && change.Old?.GetValueOrDefault(privilege) == "all"));
        if (!isLess)
            return Review(IsSafe(name) ? "more privileges of the app on a table that is safe" : "more privileges of the app");
        // TRUNCATE, REFERENCES, TRIGGER and MAINTAIN are no app's business, and each is an error or a warning of the audit.
        return found.Exists(item => item.IsImprovement && item.Role is null) && !privileges.Any(Serves)
            ? (SchemaChangeClass.Safe, ByVerdict) : Breaks("fewer privileges of the app");
    }

    private (SchemaChangeClass, string) OfMembership(FactChange change, List<Consequence> found)
    {
        var (member, role) = (change.Any["member"], change.Any["role"]);
        if (!IsApp(member))
            return Review($"it changes what {member} may do");
        if (_newReach.Powers(member).Except(_oldReach.Powers(member)).ToList() is { Count: > 0 } gained && _newReach.Of(role).Intersect(gained).Any())
            return (SchemaChangeClass.Dangerous, $"{member} may become {string.Join(", ", gained)}");
        var isLess = change.New is null || (change.Old is not null && change.Changed.All(property => change.New.Is(property, "no")));
        return !isLess ? Review($"{member} may do more")
            : found.Exists(item => item.IsImprovement) ? (SchemaChangeClass.Safe, ByVerdict) : Breaks($"{member} may do less");
    }

    private (SchemaChangeClass, string) OfRole(FactChange change, List<Consequence> found)
    {
        if (change.New is null)
            return before.IsApp(change.Name) ? Breaks("a role of the app is gone") : Review("a role is gone");
        if (change.Old is null)
            return Review("a role that was not there, or had no part in this");
        if (IsApp(change.Name) && _newReach.Powers(change.Name).Except(_oldReach.Powers(change.Name)).Any())
            return (SchemaChangeClass.Dangerous, "no policy binds a role of the app");
        if (IsApp(change.Name) && change.Changed is ["login"] && change.New.Is("login", "no"))
            return Breaks("a role of the app may not log in");
        return found.Exists(item => item.IsImprovement) && change.Changed.All(property => change.New.Is(property, "no"))
            ? (SchemaChangeClass.Safe, ByVerdict) : Review($"it changes what {change.Name} may do");
    }

    /// <summary>What the line of an object that is new or gone says: its policies, and the privileges of the app on it.</summary>
    private bool IsPart(FactChange change) => change.Section.Name switch
    {
        SnapshotSection.Grants => IsApp(change.Any["to"]) && changes.Any(other => other.Name == change.Any["on"] && (other.Old is null || other.New is null)
            && (other.Section.Name is SnapshotSection.Views or SnapshotSection.Functions
                || (other.Section.Name == SnapshotSection.Tables && change.Any["to"] != "PUBLIC"))),
        SnapshotSection.Policies => changes.Any(other => other.Section.Name == SnapshotSection.Tables && other.Name == change.Any["table"]
            && (other.New is null || (other.Old is null && change.Any["roles"].Split(", ").All(IsApp)))),
        SnapshotSection.Triggers or SnapshotSection.ForeignKeys => changes.Any(other => other.Section.Name == SnapshotSection.Tables
            && other.Name == change.Any["table"] && (other.New is null || (other.Old is null && IsKnownHere(change)))),
        _ => false,
    };

    /// <summary>A foreign key, or a trigger that runs what triggers of other tables ran before. What is wrong with one is a finding.</summary>
    private bool IsKnownHere(FactChange change) => change.Section.Name == SnapshotSection.ForeignKeys
        || before.Of(SnapshotSection.Triggers).Values.Any(trigger => trigger["function"] == change.Any["function"]);

    private bool IsOf(Consequence item, FactChange change)
    {
        var name = change.Section.Name;
        var table = change.Any.GetValueOrDefault("table");
        return name switch
        {
            SnapshotSection.Tables => item.Object == change.Name || item.Object.EndsWith($" on {change.Name}", StringComparison.Ordinal)
                && (change.Old is null || change.New is null),
            SnapshotSection.Grants => item.Object == change.Any["on"] && (item.Role is null || IsApp(change.Any["to"]))
                || (change.Any.Is("kind", "schema") && item.Role is not null && item.Object.StartsWith(change.Any["on"] + ".", StringComparison.Ordinal)),
            SnapshotSection.Memberships => new[] { change.Any["member"], change.Any["role"] }.Any(role => item.Role == role || item.Object == role),
            SnapshotSection.Roles => item.Role == change.Name || item.Object == change.Name,
            SnapshotSection.Settings => item.Object == change.Any["of"] || change.Any["of"] == $"ROLE {item.Object}",
            SnapshotSection.DefaultPrivileges => change.Name.StartsWith($"{item.Object} to ", StringComparison.Ordinal),
            SnapshotSection.Policies => item.Object == change.Name || item.Object == table,
            _ => item.Object == change.Name,
        };
    }

    private bool IsApp(string role) => before.IsApp(role) || after.IsApp(role);

    /// <summary>Now, and for all roles of the app. Where it was not before, that is an improvement.</summary>
    private bool IsSafe(string table) => after.VerdictsOf(table).Any() && after.VerdictsOf(table).All(IsSettled);

    private bool HasGrantOfApp(Facts facts, string name) =>
        facts.Of(SnapshotSection.Grants).Values.Any(grant => grant.Is("on", name) && IsApp(grant["to"]));

    private bool NamesTenant(Fact policy) => after.Of(SnapshotSection.Tables).TryGetValue(policy["table"], out var table) && table["tenantColumn"].Length > 0
        && $"{policy["using"]} {policy["check"]}".Contains(table["tenantColumn"], StringComparison.Ordinal);

    private static bool IsSettled(Fact verdict) => verdict["verdict"] is "safe" or "closed";

    private static bool IsPrivilege(string property) => char.IsAsciiLetterUpper(property[0]);

    private static bool Serves(string privilege) => privilege is not ("TRUNCATE" or "REFERENCES" or "TRIGGER" or "MAINTAIN");

    private static string Text(IEnumerable<Fact> verdicts) =>
        string.Join(", ", verdicts.Select(verdict => $"{verdict["verdict"]} for {verdict["role"]}"));

    private static (SchemaChangeClass, string) Review(string reason) => (SchemaChangeClass.NeedsReview, reason);

    private static (SchemaChangeClass, string) Breaks(string reason) => (SchemaChangeClass.Breaking, reason);
}
