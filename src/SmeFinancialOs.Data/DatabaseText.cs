using System.Runtime.CompilerServices;
using System.Text;

namespace SmeFinancialOs.Data;

/// <summary>What can be stored in a PostgreSQL text column of an UTF8 database.</summary>
internal static class DatabaseText
{
    /// <summary>Returns the value, or says what is wrong with it before anything is sent.</summary>
    public static string Require(string value, int maxLength, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, name);
        return FaultOf(value, maxLength) is { } fault ? throw new ArgumentException(fault, name) : value;
    }

    /// <summary>What is wrong with a text that is not blank; null where nothing is.</summary>
    public static string? FaultOf(string value, int maxLength)
    {
        var length = 0;
        for (var rest = value.AsSpan(); !rest.IsEmpty; length++)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var used) != System.Buffers.OperationStatus.Done)
                return "The text has half of a surrogate pair, which has no UTF-8 form.";
            if (rune.Value == 0)
                return "The text has a NUL character, which PostgreSQL cannot store.";
            rest = rest[used..];
        }

        // char_length() counts code points too
        return length <= maxLength ? null : $"The text has {length} characters; at most {maxLength} are stored.";
    }
}
