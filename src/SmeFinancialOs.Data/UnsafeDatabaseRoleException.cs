namespace SmeFinancialOs.Data;

/// <summary>
/// The login of a data source could bypass row-level security, or login or database have settings by default that harm every tenant; no statement
/// was run for any.
/// </summary>
public sealed class UnsafeDatabaseRoleException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public UnsafeDatabaseRoleException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public UnsafeDatabaseRoleException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The login that was refused; empty where the connection string names none.</summary>
    public string LoginName { get; init; } = "";

    /// <summary>Each fault in a sentence, with the SQL that mends it.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    internal static UnsafeDatabaseRoleException Of(string loginName, IReadOnlyList<string> faults) =>
        new($"Login \"{loginName}\" must not be used for tenant data. {string.Join(" ", faults)}") { LoginName = loginName, Faults = faults };
}
