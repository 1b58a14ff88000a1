using Rouse.Access.Wrappers;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Server.Hosts;

/// <summary>Reads the rules of tcp_wrappers, and the lists that they name, from this machine.</summary>
public sealed class SystemRuleFiles : IRuleFiles
{
    public RuleFileContent Read(string path)
    {
        // The original takes a directory for an empty file.
        if (Files.KindOf(path) == FileKind.Directory)
        {
            return RuleFileContent.Unreadable(Errno.EISDIR.Describe());
        }

        SysResult read = Files.Read(path, out byte[] bytes);
        if (read.Ok)
        {
            return RuleFileContent.Found(new SourceFile(path, bytes));
        }

        return read.Error == Errno.ENOENT ? RuleFileContent.Absent : RuleFileContent.Unreadable(read.Error.Describe());
    }
}
