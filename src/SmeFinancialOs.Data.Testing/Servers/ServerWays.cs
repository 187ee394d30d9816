using System.Text;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>All ways, in the order they are tried.</summary>
internal static class ServerWays
{
    private static readonly ServerWay[] All = [new ConnectionStringWay(), new DockerWay(), new LocalBinariesWay(), new EmbeddedWay()];

    public static PostgresServerKind? KindNamed(string? name)
    {
        if (name is null or "auto")
            return null;
        return Array.Find(All, way => way.Name == name)?.Kind ?? throw new PostgresServerUnavailableException(
            $"{EnvironmentVariables.Way} is \"{name}\"; it may be auto, {string.Join(", ", All.Select(way => way.Name))}.");
    }

    /// <exception cref="PostgresServerUnavailableException">No way that may be tried works.</exception>
    public static async Task<StartedServer> StartAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        var failures = new List<(ServerWay Way, WayUnavailableException Failure)>();
        foreach (var way in All.Where(way => request.Kind is null || request.Kind == way.Kind))
        {
            try
            {
                var server = await way.StartAsync(request, cancellationToken).ConfigureAwait(false);
                await ServerCheck.RunAsync(server, cancellationToken).ConfigureAwait(false);
                return server;
            }
            catch (WayUnavailableException fault)
            {
                failures.Add((way, fault));
                if (way.IsAskedFor(request))
                    break;
            }
        }

        throw new PostgresServerUnavailableException(Explain(failures), failures[^1].Failure);
    }

    private static string Explain(List<(ServerWay Way, WayUnavailableException Failure)> failures)
    {
        var text = new StringBuilder("There is no PostgreSQL server for the tests. The four ways to have one:");
        foreach (var way in All)
        {
            // Whatever was left out was left out because of the last one tried.
            var reason = failures.Find(failed => failed.Way == way).Failure?.Message ?? $"not tried, because {failures[^1].Way.Name} was asked for.";
            text.Append("\n  ").Append(way.Name).Append(": ").Append(reason.TrimEnd().ReplaceLineEndings("\n      "))
                .Append("\n      To use it: ").Append(way.HowToTurnOn);
        }

        return text.Append($"\n{EnvironmentVariables.Way}=<one of these names> tries that way alone.").ToString();
    }
}
