using System.Data;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>How a call may be refused.</summary>
internal static class Rules
{
    /// <summary>What a careless method throws, and nobody can tell what to do about it.</summary>
    private static readonly Type[] RuleViolations =
        [typeof(NullReferenceException), typeof(IndexOutOfRangeException), typeof(InvalidCastException), typeof(KeyNotFoundException), typeof(Exception),
            typeof(AggregateException), typeof(HangException)];

    private static readonly Type[] Typed =
    [
        typeof(ArgumentException), typeof(InvalidOperationException), typeof(NotSupportedException), typeof(OperationCanceledException), typeof(DataException),
        typeof(NpgsqlException), typeof(IOException),
        typeof(OptionsValidationException), typeof(TenantDataException), typeof(SchemaMigrationException),
        typeof(AuditConnectionException), typeof(MigrationLintException), typeof(IsolationProbeException), typeof(TenantSchemaException),
            typeof(FixProofException), typeof(SchemaSnapshotException),
        typeof(PostgresServerUnavailableException), typeof(TenantIsolationException), typeof(MarkedException),
    ];

    /// <summary>What is wrong with a refusal, whatever it was for.</summary>
    public static IEnumerable<string> Complaints(Exception fault, IEnumerable<string> secrets)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (RuleViolations.Contains(inner.GetType()))
                yield return $"throws {inner.GetType().Name}: {inner.Message}{Environment.NewLine}{inner.StackTrace}";
        }

        if (!Typed.Any(type => type.IsInstanceOfType(fault)))
            yield return $"throws {fault.GetType().Name}, which no host expects: {fault.Message}";
        if (fault.Message.Length < 10)
            yield return $"says only \"{fault.Message}\"";
        if (secrets.Any(secret => Marked.TextOf(fault).Contains(secret, StringComparison.Ordinal)))
            yield return "tells a secret";
    }

    /// <summary>What is wrong with how this value was taken.</summary>
    public static IEnumerable<string> Complaints(Exception? fault, InvalidArgument bad, string parameter)
    {
        if (fault is null && bad.MustBeRefused)
            yield return "is accepted";
        if (fault is null)
            yield break;
        // Of a call whose work was committed before the host's code ran, that comes first.
        if (bad.Name == "throws" && fault is not (MarkedException or WorkCommittedException { InnerException: MarkedException }))
            yield return $"hides what the host's own code threw behind {fault.GetType().Name}: {fault.Message}";
        if (bad.MustBeRefused && fault is not MarkedException && !Names(fault, parameter))
            yield return $"is not what the refusal is about, {fault.GetType().Name}: {fault.Message}";
    }

    /// <summary>Nothing may have happened before an argument is refused; a statement that the server refused may have had its admin logged.</summary>
    public static IEnumerable<string> Complaints(Exception? fault, DatabaseState before, DatabaseState after)
    {
        if (fault is null)
            yield break;
        if (before.Rows != after.Rows)
            yield return $"leaves something behind: {before.Rows} before, {after.Rows} after {fault.Message}";
        // SQL that no encoding has is found out when it is sent.
        if (fault is ArgumentException and not EncoderFallbackException or OperationCanceledException && before.AdminEntries != after.AdminEntries)
            yield return $"logs an admin before it looks at what it was given: {fault.Message}";
    }

    private static bool Names(Exception fault, string parameter) => fault.Message.Contains(parameter, StringComparison.Ordinal);
}
