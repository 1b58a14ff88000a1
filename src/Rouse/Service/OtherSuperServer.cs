using System;
using System.Globalization;
using System.Text;
using Rouse.Linux;

namespace Rouse.Tools.Service;

/// <summary>A super-server that runs and does not answer: the original, which has no control socket, or ours without one.</summary>
/// <param name="IsOurs">Its program is ours.</param>
internal sealed record OtherSuperServer(int Pid, bool IsOurs)
{
    /// <summary>Null where none runs.</summary>
    public static OtherSuperServer? Find()
    {
        if (!Files.List("/proc", out System.Collections.Generic.List<string> names).Ok)
        {
            return null;
        }

        foreach (string name in names)
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid == ThisProcess.Id
                || !Files.Read($"/proc/{name}/comm", out byte[] comm).Ok)
            {
                continue;
            }

            string word = Encoding.Latin1.GetString(comm).TrimEnd('\n');
            if (word is "xinetd" or "roused")
            {
                bool isOurs = word == "roused" || (Files.RealPath($"/proc/{name}/exe", out string program).Ok
                    && program.EndsWith("/roused", StringComparison.Ordinal));
                return new OtherSuperServer(pid, isOurs);
            }
        }

        return null;
    }
}
