using System;
using Rouse.Linux;

namespace Rouse.Tools.Measure;

/// <summary>Where programs are.</summary>
internal static class Programs
{
    /// <summary>One that is installed beside this one; or one on the path.</summary>
    public static string BesideUs(string program)
    {
        Files.RealPath("/proc/self/exe", out string own);
        string beside = $"{own[..(own.LastIndexOf('/') + 1)]}{program}";
        return Files.MayExecute(beside).Ok ? beside : OnPath(program) is { Length: > 0 } found ? found : beside;
    }

    /// <summary>As a shell finds it; empty when there is none.</summary>
    public static string OnPath(string program)
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin").Split(':'))
        {
            string path = $"{folder}/{program}";
            if (folder.StartsWith('/') && Files.KindOf(path) == FileKind.Regular && Files.MayExecute(path).Ok)
            {
                return path;
            }
        }

        return "";
    }
}
