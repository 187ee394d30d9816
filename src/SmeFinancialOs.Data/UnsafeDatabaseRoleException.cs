namespace SmeFinancialOs.Data;

/// <summary>
/// The login of a data source could bypass row-level security, or login or database have settings by default that harm every tenant; no statement was run
/// for any.
/// </summary>
public sealed class UnsafeDatabaseRoleException : TenantDataException
{
    internal UnsafeDatabaseRoleException(string loginName, IReadOnlyList<string> faults)
        : base($"Login \"{loginName}\" must not be used for tenant data. {string.Join(" ", faults)}") => (LoginName, Faults) = (loginName, faults);

    /// <summary>The login that was refused.</summary>
    public string LoginName { get; }

    /// <summary>Each fault in a sentence, with the SQL that mends it.</summary>
    public IReadOnlyList<string> Faults { get; }
}
