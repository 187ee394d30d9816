namespace SmeFinancialOs.Data;

/// <summary>Refuses options that could not work, and takes a copy nobody can change any more.</summary>
internal static class TenantConnectionOptionsValidation
{
    public static TenantConnectionOptions Copy(TenantConnectionOptions options) => new()
    {
        AdminDataSource = options.AdminDataSource,
        TenantType = Enum.IsDefined(options.TenantType)
            ? options.TenantType
            : throw new ArgumentException($"TenantType is {options.TenantType}, which is none of {string.Join(", ", Enum.GetNames<TenantKeyType>())}.",
                nameof(options)),
        TenantRole = RequireRole(options.TenantRole, nameof(options.TenantRole)),
        DemoRole = RequireRole(options.DemoRole, nameof(options.DemoRole)),
        AdminRole = RequireRole(options.AdminRole, nameof(options.AdminRole)),
        ResolverRole = RequireRole(options.ResolverRole, nameof(options.ResolverRole)),
        StatementTimeout = RequireTimeout(options.StatementTimeout, nameof(options.StatementTimeout)),
        LockTimeout = RequireTimeout(options.LockTimeout, nameof(options.LockTimeout)),
        IdleInTransactionTimeout = RequireTimeout(options.IdleInTransactionTimeout, nameof(options.IdleInTransactionTimeout)),
        StreamIdleTimeout = RequireTimeout(options.StreamIdleTimeout, nameof(options.StreamIdleTimeout)),
        TransactionPooling = options.TransactionPooling,
        SealKey = options.SealKey,
        SealKeyProvider = options.SealKeyProvider,
        SealLifetime = RequireLifetime(options.SealLifetime, nameof(options.SealLifetime)),
        SealOptional = options.SealOptional,
        AllowedLoginSettings = CopySettings(options.AllowedLoginSettings, nameof(options.AllowedLoginSettings)),
        LoggerFactory = options.LoggerFactory,
        LongTransactionThreshold = RequireTimeout(options.LongTransactionThreshold, nameof(options.LongTransactionThreshold)),
        TimeProvider = options.TimeProvider,
        ReadOnlyContextsPreferStandby = options.ReadOnlyContextsPreferStandby,
    };

    /// <summary>"none" is how SET ROLE says: no role at all, the login itself.</summary>
    private static string RequireRole(string role, string name) => DatabaseText.Require(role, maxLength: 63, name) is var checkedRole && checkedRole != "none"
        ? checkedRole
        : throw new ArgumentException("\"none\" is not a role: it would leave the login itself in force.", name);

    private static Dictionary<string, string> CopySettings(IReadOnlyDictionary<string, string> settings, string name)
    {
        ArgumentNullException.ThrowIfNull(settings, name);
        var copy = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (setting, value) in settings)
        {
            DatabaseText.Require(setting, maxLength: 63, name);
            if (setting.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.')))
                throw new ArgumentException("The name of a setting has letters, digits, underscores and dots, and no value.", name);
            if (value is null)
                throw new ArgumentException($"The setting {setting} has no value: only one that is named can be allowed.", name);
            if (!copy.TryAdd(setting, value))
                throw new ArgumentException($"The setting {setting} is there twice: names are compared without regard to case.", name);
        }

        return copy;
    }

    private static TimeSpan? RequireTimeout(TimeSpan? timeout, string name) =>
        timeout is null || (timeout >= TimeSpan.FromMilliseconds(1) && timeout <= TimeSpan.FromMilliseconds(int.MaxValue))
            ? timeout
            : throw new ArgumentOutOfRangeException(name, timeout, "A timeout is between 1 ms and 2147483647 ms, or null for none.");

    private static TimeSpan? RequireLifetime(TimeSpan? lifetime, string name) =>
        lifetime is null || (lifetime >= TimeSpan.FromSeconds(1) && lifetime <= TimeSpan.FromDays(1))
            ? lifetime
            : throw new ArgumentOutOfRangeException(name, lifetime, "The lifetime of a seal is between a second and a day, or null for the default.");
}
