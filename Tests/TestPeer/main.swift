print("usage: TestPeer VERB")
