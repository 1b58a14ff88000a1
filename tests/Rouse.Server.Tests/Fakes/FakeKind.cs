namespace Rouse.Server.Tests.Fakes;

/// <summary>What a descriptor of <see cref="FakeSystem"/> is.</summary>
internal enum FakeKind
{
    Poll,
    Signals,
    Wake,
    Listener,
    Control,
    Connection,
    Log,
    Reserve,
    Pipe,
    Syslog,
    DirectoryWatch,
}
