using System.Collections;
using System.Text;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>Values that nobody but their owner may get to see, made so that they can be found wherever they come out.</summary>
internal static class Marked
{
    public const string Password = "m4rked-password-7f3a";

    public const string Value = "m4rked-value-7f3a";

    /// <summary>What both have in common.</summary>
    private const string Mark = "m4rked-";

    public static bool IsIn(string? text) => text?.Contains(Mark, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Everything that a logger could print of an exception: its text, and message and data of each one inside.</summary>
    public static string TextOf(Exception fault)
    {
        var text = new StringBuilder(fault.ToString());
        for (var inner = fault; inner is not null; inner = inner.InnerException)
            text.AppendLine().Append(OwnTextOf(inner));
        return text.ToString();
    }

    /// <summary>Message and data of this exception alone.</summary>
    public static string OwnTextOf(Exception fault)
    {
        var text = new StringBuilder(fault.Message);
        foreach (DictionaryEntry entry in fault.Data)
            text.AppendLine().Append(entry.Key).Append('=').Append(entry.Value);
        return text.ToString();
    }
}
