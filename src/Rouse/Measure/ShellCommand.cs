using System;
using System.Collections.Generic;
using System.Globalization;
using Rouse.Linux;

namespace Rouse.Tools.Measure;

/// <summary>A command of the user's, for sh -c: it finds a port in place of <c>{port}</c>, and in PORT.</summary>
internal static class ShellCommand
{
    public static SysResult Start(string command, ushort port)
    {
        string number = port.ToString(CultureInfo.InvariantCulture);
        List<string> environment = [.. Array.FindAll(ThisProcess.Environment(), word => !word.StartsWith("PORT=", StringComparison.Ordinal)), $"PORT={number}"];
        return ProgramStart.Start("/bin/sh", ["sh", "-c", command.Replace("{port}", number, StringComparison.Ordinal)], environment);
    }
}
