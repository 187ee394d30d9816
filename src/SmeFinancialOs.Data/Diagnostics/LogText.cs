using System.Globalization;
using System.Text;

namespace SmeFinancialOs.Data.Diagnostics;

/// <summary>Text of others in a log: on one line, so that it cannot pass for an entry of its own.</summary>
internal static class LogText
{
    /// <summary>Writes what breaks a line, moves a cursor or turns the reading direction as its code point.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator)
                line.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else
                line.Append(rune);
        }

        return line.ToString();
    }
}
