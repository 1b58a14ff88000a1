using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>What a daemon does to its own process: credentials(7), environ(7), getrlimit(2), daemon(7), close_range(2).</summary>
// SAFETY: every pointer is to a local, or to an array pinned for the call.
public static unsafe partial class ThisProcess
{
    private const int RLIMIT_NOFILE = 7;
    private const int O_CLOEXEC = 0x80000;

    public static int Id { get; } = getpid();

    /// <summary>The process that has started this one, as long as that lives.</summary>
    public static int ParentId => getppid();

    public static bool IsRoot => geteuid() == 0;

    /// <summary>CAP_SYS_PTRACE: processes of other users may be traced, and programs keep the rights of their files meanwhile.</summary>
    public static bool MayTraceAnybody
    {
        get
        {
            const int CAP_SYS_PTRACE = 19;
            string text = Files.Read("/proc/thread-self/status", out byte[] bytes).Ok ? Encoding.Latin1.GetString(bytes) : "";
            int at = text.IndexOf("\nCapEff:", System.StringComparison.Ordinal);
            int end = at < 0 ? -1 : text.IndexOf('\n', at + 1);
            return end > 0 && ulong.TryParse(text[(at + 8)..end].Trim(), System.Globalization.NumberStyles.HexNumber, null, out ulong set)
                && ((set >> CAP_SYS_PTRACE) & 1) != 0;
        }
    }

    public static uint Uid => geteuid();

    public static uint Gid => getegid();

    /// <summary>The environment that this process was started with: NAME=VALUE words in their order, one char a byte.</summary>
    public static string[] Environment() => Words("/proc/self/environ");

    /// <summary>The command line, the name that the program was called by first.</summary>
    public static string[] CommandLine() => Words("/proc/self/cmdline");

    /// <summary>A path that stays good when the working directory changes.</summary>
    public static string Absolute(string path) => path.StartsWith('/')
        ? path
        : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(System.Environment.CurrentDirectory)) + "/" + path;

    /// <summary>
    /// Descriptors from 3 up that our parent left open are not passed on to servers, and the table of descriptors is this thread's alone:
    /// before <see cref="Signals.BlockInProcess"/>, which has the runtime's own thread let go of them.
    /// </summary>
    public static void ShieldInheritedDescriptors() => DescriptorTable.Separate();

    /// <summary>Descriptors 0, 1 and 2 lead somewhere, so that no connection can land on them.</summary>
    public static void FillStandardDescriptors()
    {
        SysResult opened;
        while ((opened = Files.OpenNull()).Ok)
        {
            if (opened.Value > 2)
            {
                Sockets.Close(opened.Fd);
                return;
            }
        }
    }

    /// <summary>Points descriptors 0, 1 and 2 at /dev/null.</summary>
    public static void NullStandardDescriptors()
    {
        SysResult opened = Files.OpenNull();
        for (int fd = 0; opened.Ok && fd <= 2; fd++)
        {
            _ = dup2(opened.Value, fd);
        }

        if (opened.Ok && opened.Value > 2)
        {
            Sockets.Close(opened.Fd);
        }
    }

    /// <summary>umask(2): sets it, returns the old one.</summary>
    public static int SetUmask(int mask) => (int)umask((uint)mask);

    /// <summary>Lifts the soft limit of open descriptors to the hard one, and returns the hard one.</summary>
    public static ulong LiftDescriptorLimit()
    {
        LimitPlan limit;
        if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        {
            return 1024;
        }

        limit.Soft = limit.Hard;
        _ = setrlimit(RLIMIT_NOFILE, &limit);
        return limit.Hard;
    }

    /// <summary>Both limits of a resource.</summary>
    public static (ulong Soft, ulong Hard) Limit(int resource)
    {
        LimitPlan limit;
        return getrlimit(resource, &limit) < 0 ? (0, 0) : (limit.Soft, limit.Hard);
    }

    /// <summary>A pipe whose ends are not passed on to servers.</summary>
    public static bool OpenPipe(out Fd readEnd, out Fd writeEnd)
    {
        int* ends = stackalloc int[2];
        bool ok = pipe2(ends, O_CLOEXEC) == 0;
        readEnd = ok ? new Fd(ends[0]) : Fd.None;
        writeEnd = ok ? new Fd(ends[1]) : Fd.None;
        return ok;
    }

    /// <summary>setsid(2), and / as working directory.</summary>
    public static void LeaveTerminal()
    {
        _ = setsid();
        EnterRoot();
    }

    /// <summary>chdir(2) to /.</summary>
    public static void EnterRoot()
    {
        byte* root = stackalloc byte[2];
        root[0] = (byte)'/';
        root[1] = 0;
        _ = chdir(root);
    }

    /// <summary>
    /// Starts this program once more with the same arguments and one more variable in its environment, with descriptor 3 open on
    /// <paramref name="ready"/>: a daemon is a fresh process, not a fork of one that has threads.
    /// </summary>
    public static SysResult StartAgain(string variable, Fd ready)
    {
        string[] arguments = CommandLine();
        List<string> environment = [.. Environment()];
        environment.Add(variable);
        byte[][] words = new byte[arguments.Length + environment.Count][];
        nint* pointers = stackalloc nint[words.Length + 2];
        List<GCHandle> pins = [];
        int at = 0;
        foreach (string word in arguments)
        {
            pointers[at++] = Pin(word, pins);
        }

        pointers[at++] = 0;
        nint* environmentStart = pointers + at;
        foreach (string word in environment)
        {
            pointers[at++] = Pin(word, pins);
        }

        pointers[at] = 0;
        byte* actions = stackalloc byte[128];
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawn_file_actions_adddup2(actions, ready.Value, 3);
        int pid;
        int error;
        fixed (byte* path = "/proc/self/exe\0"u8)
        {
            error = posix_spawn(&pid, path, actions, null, pointers, environmentStart);
        }

        _ = posix_spawn_file_actions_destroy(actions);
        foreach (GCHandle pin in pins)
        {
            pin.Free();
        }

        return error == 0 ? SysResult.Success(pid) : SysResult.Fail((Errno)error);
    }

    /// <summary>Gives free memory of the C library's heap back: what reading a configuration used is not needed again.</summary>
    public static void TrimHeap() => _ = malloc_trim(0);

    private static nint Pin(string word, List<GCHandle> pins)
    {
        GCHandle pin = GCHandle.Alloc(Files.Zero(word), GCHandleType.Pinned);
        pins.Add(pin);
        return pin.AddrOfPinnedObject();
    }

    private static string[] Words(string path)
    {
        if (!Files.Read(path, out byte[] bytes).Ok)
        {
            return [];
        }

        List<string> words = [];
        int start = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == 0)
            {
                words.Add(Encoding.Latin1.GetString(bytes, start, i - start));
                start = i + 1;
            }
        }

        return [.. words];
    }

    [LibraryImport("libc")]
    private static partial int getpid();

    [LibraryImport("libc")]
    private static partial int getppid();

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial uint getegid();

    [LibraryImport("libc")]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, LimitPlan* limit);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, LimitPlan* limit);

    [LibraryImport("libc")]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc")]
    private static partial int setsid();

    [LibraryImport("libc")]
    private static partial int chdir(byte* path);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nint pad);

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, nint* arguments, nint* environment);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);
}
