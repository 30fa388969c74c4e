namespace PamTui.Ssh;

/// <summary>Which end of the connection we are.</summary>
public enum SshRole
{
    Client,
    Server,
}
