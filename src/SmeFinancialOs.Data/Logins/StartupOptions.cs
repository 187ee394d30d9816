using System.Text;

namespace SmeFinancialOs.Data.Logins;

/// <summary>
/// Startup options of a connection string. The server ranks them above ALTER ROLE .. SET and ALTER DATABASE .. SET, and RESET ALL returns to them, so what
/// somebody has given the login does not reach a connection. Later ones outrank earlier ones: what the host asks for comes last.
/// </summary>
internal static class StartupOptions
{
    /// <param name="stated">What the host asks for, in the form of PGOPTIONS; null for nothing.</param>
    /// <param name="except">Settings that are the host's for another reason.</param>
    public static string WithPins(string? stated, IReadOnlySet<string> except)
    {
        var own = NamesIn(stated ?? "");
        var pins = from setting in LoginSetting.All
                   where setting.Pinned is not null && !own.Contains(setting.Name) && !except.Contains(setting.Name)
                   select $"-c {setting.Name}={Escape(setting.Pinned!)}";
        return string.Join(' ', string.IsNullOrWhiteSpace(stated) ? pins : pins.Append(stated));
    }

    /// <summary>Words end at white space, and a backslash takes what follows as it is: pg_split_opts of the server.</summary>
    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal);

    /// <summary>The settings of <c>-c name=value</c>, <c>-cname=value</c> and <c>--name=value</c>, where a hyphen stands for an underscore.</summary>
    private static HashSet<string> NamesIn(string options)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var words = Words(options);
        for (var i = 0; i < words.Count; i++)
        {
            var assignment = words[i] switch
            {
                "-c" when i + 1 < words.Count => words[++i],
                ['-', 'c' or '-', .. var rest] => rest,
                _ => "",
            };
            if (assignment.IndexOf('=', StringComparison.Ordinal) is > 0 and var end)
                names.Add(assignment[..end].Replace('-', '_'));
        }

        return names;
    }

    private static List<string> Words(string options)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i <= options.Length; i++)
        {
            if (i == options.Length || char.IsWhiteSpace(options[i]))
            {
                if (word.Length > 0)
                    words.Add(word.ToString());
                word.Clear();
            }
            else
            {
                word.Append(options[i] == '\\' && i + 1 < options.Length ? options[++i] : options[i]);
            }
        }

        return words;
    }
}
