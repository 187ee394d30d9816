using System.Collections.Frozen;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// Why the server has refused something with 42501: one SQLSTATE for row-level security, for a missing privilege, and for whatever a function of the host
/// raises. The routine that raised it tells; the text may be in any language, and a function can write any text. Names are those of PostgreSQL 15 to 18.
/// </summary>
internal static class RefusingRoutine
{
    /// <summary>GRANT gives the privilege. Where an object has to be owned, the routine is the same.</summary>
    private static readonly FrozenSet<string> OfObjects = FrozenSet.ToFrozenSet(
    [
        "aclcheck_error", "aclcheck_error_col", "currval_oid", "lastval", "pg_sequence_last_value", "inv_open", "be_lo_unlink", "InitTempTableNamespace",
        "nextval_internal", "do_setval",
    ]);

    /// <summary>No GRANT to the role of a context should give this: other roles, settings, files, the server itself.</summary>
    private static readonly FrozenSet<string> OfCommands = FrozenSet.ToFrozenSet(
    [
        "call_string_check_hook", "set_config_option_ext", "set_config_with_handle", "GetConfigOptionByName", "AlterSystemSetConfigFile",
        "AlterRole", "AlterRoleSet", "CreateRole", "DropRole", "AddRoleMems", "check_role_membership_authorization", "check_is_member_of_role",
        "check_can_set_role", "DoCopy", "standard_ProcessUtility", "createdb",
        "pg_cancel_backend", "pg_terminate_backend", "CheckSlotPermissions", "execute_extension_script",
    ]);

    /// <summary>Whether the role lacks a privilege on an object.</summary>
    public static bool IsMissingGrant(PostgresException fault) => fault.Routine is { } routine && OfObjects.Contains(routine);

    /// <summary>Whether the role lacks what a command takes.</summary>
    public static bool IsMissingRight(PostgresException fault) => fault.Routine is { } routine && OfCommands.Contains(routine);

    /// <summary>
    /// Whether a write was refused, for a context that reads only. Its transaction is read-only, so most writes end by 25006 before a privilege is looked at;
    /// those of sequences do not.
    /// </summary>
    public static bool IsOfWrites(PostgresException fault) => fault.Routine is "ExecWithCheckOptions" or "nextval_internal" or "do_setval";
}
