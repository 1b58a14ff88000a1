using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Tools.Measure;

/// <summary>How the servers of a measured service ended, from its log: one that cannot even start is quick, and no measure of anything.</summary>
internal static class ServerEnds
{
    /// <summary>What is to be said of it; empty where most ended with status 0.</summary>
    public static string Note(string logFile)
    {
        if (!Files.Read(logFile, out byte[] bytes).Ok)
        {
            return "";
        }

        Dictionary<string, int> ends = [];
        foreach (string line in SourceFile.Decode(bytes).Split('\n'))
        {
            // EXIT: measured status=127 pid=… or EXIT: measured signal=11 pid=…
            int at = line.IndexOf("EXIT: measured ", StringComparison.Ordinal);
            if (at >= 0)
            {
                string end = line[(at + "EXIT: measured ".Length)..].Split(' ')[0].Replace('=', ' ');
                ends[end] = ends.GetValueOrDefault(end) + 1;
            }
        }

        int all = ends.Values.Sum();
        (string? most, int count) = ends.OrderByDescending(end => end.Value).FirstOrDefault();
        return count * 2 > all && most != "status 0" && most is not null
            ? string.Create(CultureInfo.InvariantCulture, $"{count:#,0} of {all:#,0} servers ended with {most}: does it work like this?")
            : "";
    }
}
