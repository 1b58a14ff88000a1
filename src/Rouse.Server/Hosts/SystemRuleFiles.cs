using Rouse.Access.Wrappers;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Server.Hosts;

/// <summary>Reads the rules of tcp_wrappers, and the lists that they name, from this machine.</summary>
public sealed class SystemRuleFiles : IRuleFiles
{
    public RuleFileContent Read(string path)
    {
        // The original takes a directory for an empty file, and waits for whoever writes to a FIFO.
        FileKind kind = Files.KindOf(path);
        if (kind == FileKind.Directory || (kind == FileKind.Other && !(Files.RealPath(path, out string real).Ok && real == "/dev/null")))
        {
            return RuleFileContent.Unreadable(kind == FileKind.Directory ? Errno.EISDIR.Describe() : "it is no regular file");
        }

        SysResult read = Files.Read(path, out byte[] bytes);
        if (read.Ok)
        {
            return RuleFileContent.Found(new SourceFile(path, bytes));
        }

        return read.Error == Errno.ENOENT ? RuleFileContent.Absent : RuleFileContent.Unreadable(
                read.Error.Describe(), isMomentary: read.Error.IsShortage() || read.Error is Errno.EINTR or Errno.EIO);
    }
}
