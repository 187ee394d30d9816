namespace SmeFinancialOs.Data.Logins;

/// <summary>
/// A setting that a login or a database can be given by default (ALTER ROLE .. SET, ALTER DATABASE .. SET), and what a value that is not safe does to
/// every tenant. A login may give itself most of them, so SQL that is injected into one call can: https://www.postgresql.org/docs/current/sql-alterrole.html
/// </summary>
/// <param name="Name">As <c>pg_settings</c> has it.</param>
/// <param name="Harm">What happens, as the rest of a sentence.</param>
/// <param name="IsSafe">Whether a value changes nothing for the worse.</param>
/// <param name="Pinned">The value that is right in every installation; null where there is none.</param>
internal sealed record LoginSetting(string Name, string Harm, Func<string, bool> IsSafe, string? Pinned = null)
{
    /// <summary>
    /// What hosts set on a login on purpose is not pinned: isolation level, timeouts, memory, time zone. Nor is what a server of version 15 may not know, or
    /// what takes a superuser.
    /// </summary>
    public static IReadOnlyList<LoginSetting> All { get; } =
    [
        new("role", "every connection begins as that role", SettingValue.Is("none"), "none"),
        new("session_authorization", "every connection begins as that login", SettingValue.Never),
        new("default_transaction_read_only", "every write is refused", SettingValue.IsOff, "off"),
        new("default_transaction_deferrable", "read-only transactions may wait for those that write", SettingValue.IsOff),
        // remote_apply waits longer than "on", and loses no more.
        new("synchronous_commit", "what was committed may be lost", value => SettingValue.IsOn(value) || SettingValue.Is("remote_apply")(value), "on"),
        new("client_min_messages", "warnings do not reach the host, or debugging output floods it", SettingValue.Is("notice", "warning"), "notice"),
        new("idle_session_timeout", "connections end in their pool", SettingValue.IsZero, "0"),
        new("local_preload_libraries", "no connection can be opened, or a library runs in each", SettingValue.IsEmpty, ""),
        new("session_preload_libraries", "no connection can be opened, or a library runs in each", SettingValue.IsEmpty),
        new("search_path", "names in statements mean other tables and functions", SettingValue.IsDefaultPath, "\"$user\", public"),
        new("row_security", "queries on protected tables fail", SettingValue.IsOn, "on"),
        new("session_replication_role", "foreign keys and triggers do not run", SettingValue.Is("origin")),
        new("event_triggers", "event triggers do not run, the guard among them", SettingValue.IsOn),
        new("standard_conforming_strings", "a backslash in a literal escapes, which opens statements to injection", SettingValue.IsOn, "on"),
        new("backslash_quote", "\\' ends no literal in an escape string", SettingValue.Is("safe_encoding", "off"), "safe_encoding"),
        new("transform_null_equals", "\"= NULL\" finds rows", SettingValue.IsOff, "off"),
        new("array_nulls", "NULL in the text of an array is a string", SettingValue.IsOn, "on"),
        new("gin_fuzzy_search_limit", "searches by a GIN index leave rows out at random", SettingValue.IsZero, "0"),
        new("extra_float_digits", "floating-point numbers lose digits as text", SettingValue.Is("1", "2", "3"), "1"),
        new("bytea_output", "bytea has another form as text", SettingValue.Is("hex"), "hex"),
        new("xmloption", "text that is no whole document is no xml", SettingValue.Is("content"), "content"),
        new("xmlbinary", "bytea has another form in xml", SettingValue.Is("base64"), "base64"),
        new("datestyle", "dates in text are read as other days", SettingValue.Is("ISO,MDY")),
        new("exit_on_error", "any error ends the connection", SettingValue.IsOff, "off"),
        new("restrict_nonsystem_relation_kind", "views cannot be queried", SettingValue.IsEmpty),
        new("debug_print_parse", "the server's log is flooded with statements and what they hold", SettingValue.IsOff, "off"),
        new("debug_print_rewritten", "the server's log is flooded with statements and what they hold", SettingValue.IsOff, "off"),
        new("debug_print_plan", "the server's log is flooded with statements and what they hold", SettingValue.IsOff, "off"),
        new("log_parameter_max_length_on_error", "values of parameters come out in the server's log", SettingValue.IsZero),
        new("seed", "random() gives every connection the same numbers", SettingValue.Never),
        new("work_mem", "every sort spills to disk, or takes all memory", SettingValue.Never),
        new("hash_mem_multiplier", "every hash takes all memory", SettingValue.Never),
        new("statement_timeout", "statements are cancelled at once", SettingValue.IsNotShort),
        new("lock_timeout", "waits for locks are cancelled at once", SettingValue.IsNotShort),
        new("idle_in_transaction_session_timeout", "units of work lose their connection", SettingValue.IsNotShort),
        new("transaction_timeout", "transactions lose their connection", SettingValue.IsNotShort),
        new("tcp_user_timeout", "connections break", SettingValue.IsNotShort),
        // A superuser's doing, or that of whoever was granted the parameter.
        new(SettingNames.Tenant, "SQL that has no tenant acts as that one", SettingValue.Never),
        new(SettingNames.User, "SQL that has no user acts as that one", SettingValue.Never),
        new(SettingNames.Roles, "SQL that has no user acts with those roles", SettingValue.Never),
        new(SettingNames.Token, "SQL that has no tenant acts with that token", SettingValue.Never),
        new(SettingNames.Maintenance, "SQL of a login that may become the owner of tables reaches the rows of all tenants", SettingValue.Never),
    ];

    private static readonly LoginSetting Plan = new("enable_", "queries lose a plan that they need", SettingValue.IsOn);

    private static readonly Dictionary<string, LoginSetting> ByName = All.ToDictionary(setting => setting.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>What the value does to every tenant; null where it is safe, or the setting is none of these.</summary>
    public static string? HarmOf(string name, string value) => Find(name) is { } known && !known.IsSafe(value) ? known.Harm : null;

    /// <summary>Whether a value that does no harm needs no word either: a safe one of these, or the isolation level, which hosts set on purpose.</summary>
    public static bool IsExpected(string name) => Find(name) is not null || name.Equals("default_transaction_isolation", StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes it back. From 16 on <c>seed</c> cannot be reset by its name.</summary>
    public static string Reset(string owner, string name) =>
        $"ALTER {owner} RESET {(name == "seed" ? "ALL" : name)};";

    private static LoginSetting? Find(string name) =>
        ByName.GetValueOrDefault(name) ?? (name.StartsWith(Plan.Name, StringComparison.OrdinalIgnoreCase) ? Plan : null);
}
