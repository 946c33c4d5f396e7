package redisstore_test

const childDir = "STUDYCOACH_TEST_CHILD_DIR"

func writeUntilKilled() {}
