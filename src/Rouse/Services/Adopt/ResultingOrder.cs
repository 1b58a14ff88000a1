using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Runlevels;
using Rouse.Runlevels.Changes;
using Rouse.Runlevels.Links;

namespace Rouse.Tools.Services.Adopt;

/// <summary>What is started when in a level once some steps have been taken, as init goes through a level's directory: by name.</summary>
internal static class ResultingOrder
{
    private const int Neighbours = 3;

    /// <summary>One line for each level that the service is started in: it and those around it.</summary>
    public static List<string> Of(string service, Catalogue catalogue, IReadOnlyList<Step> steps)
    {
        List<string> lines = [];
        foreach (int level in Levels.All.Each())
        {
            List<LevelLink> started = StartedIn(level, catalogue, steps);
            int at = started.FindIndex(link => link.Service == service);
            if (at >= 0)
            {
                int first = Math.Max(at - Neighbours, 0);
                int last = Math.Min(at + Neighbours, started.Count - 1);
                IEnumerable<string> shown = started[first..(last + 1)].Select(link => link.Service == service ? $"[{link}]" : $"{link}");
                lines.Add($"level {level}: {(first > 0 ? "... " : "")}{string.Join(' ', shown)}{(last < started.Count - 1 ? " ..." : "")}");
            }
        }

        return lines.Count > 0 ? lines : [$"{service} is started in no level"];
    }

    private static List<LevelLink> StartedIn(int level, Catalogue catalogue, IReadOnlyList<Step> steps)
    {
        string directory = catalogue.Layout.Level(level) + "/";
        HashSet<string> names = [.. catalogue.Links.Services.SelectMany(service => catalogue.Links.Of(service).In(level)).Select(link => link.ToString())];
        foreach (Step step in steps)
        {
            switch (step)
            {
                case RenameLink rename when rename.From.StartsWith(directory, StringComparison.Ordinal):
                    names.Remove(rename.From[directory.Length..]);
                    names.Add(rename.To[directory.Length..]);
                    break;
                case MakeLink make when make.Path.StartsWith(directory, StringComparison.Ordinal):
                    names.Add(make.Path[directory.Length..]);
                    break;
                case RemoveLink remove when remove.Path.StartsWith(directory, StringComparison.Ordinal):
                    names.Remove(remove.Path[directory.Length..]);
                    break;
                default:
                    break;
            }
        }

        List<LevelLink> started = [];
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            if (LevelLink.TryParse(name, out LevelLink link) && link.Starts)
            {
                started.Add(link);
            }
        }

        return started;
    }
}
