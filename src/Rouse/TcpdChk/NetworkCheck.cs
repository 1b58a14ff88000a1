using Rouse.Linux;
using Rouse.Tools.Wrappers;

namespace Rouse.Tools.TcpdChk;

/// <summary>Looks through the lines of inetd.conf: are the servers there, and is tcpd in front of them as it should be?</summary>
internal sealed class NetworkCheck(WrappedServices services, PathCheck paths, Warnings warnings)
{
    private const int ExecutableByOwner = 0x40;
    private const int SetId = 0xc00;

    public void Run()
    {
        foreach (string file in services.Files)
        {
            paths.Check(file);
        }

        foreach (InetdLine line in services.Lines)
        {
            CheckProgram(line, line.Path);
            if (InetdLine.Same(line.Daemon, "rexd") || InetdLine.Same(line.Daemon, "rpc.rexd"))
            {
                Tell(line, $"{line.Daemon} may be an insecure service");
            }

            if (line.IsTcpd)
            {
                CheckWrapped(line);
            }
        }

        foreach (string complaint in services.Incomplete)
        {
            warnings.Add(complaint);
        }
    }

    private void CheckWrapped(InetdLine line)
    {
        if (InetdLine.Same(line.Daemon, "tcpd"))
        {
            Tell(line, "tcpd is to start itself, over and over: name the server after it");
            return;
        }

        if (paths.Check(line.Path) is { } mode && (mode & SetId) != 0)
        {
            Tell(line, $"{line.Path}: file is set-uid or set-gid");
        }

        if (line.Name.StartsWith('/') && InetdLine.Same(line.Daemon, InetdLine.BaseName(line.NextArgument)))
        {
            Tell(line, $"{line.Path} inserted before {line.Name}: tcpd stands in place of the server, and the server's path in place of its name");
        }

        CheckProgram(line, line.Server);
        if (InetdLine.Same(line.Protocol, "rpc/tcp"))
        {
            Tell(line, $"{line.Daemon}: cannot wrap rpc/tcp services");
        }
    }

    private void CheckProgram(InetdLine line, string path)
    {
        if (paths.Check(path) is not { } mode)
        {
            Tell(line, $"{path}: not found");
        }
        else if ((mode & ExecutableByOwner) == 0 || Files.KindOf(path) != FileKind.Regular)
        {
            Tell(line, $"{path}: not executable");
        }
    }

    private void Tell(InetdLine line, string text) => warnings.Add($"{line.Span}: {text}");
}
