#include "adapters/cpprest/sinks.h"

#include <gtest/gtest.h>

#include <future>

#include "adapters/cpprest/http_client.h"

namespace vpcp::cpprest {
namespace {

const std::string kTooMuch(std::size_t{5} << 20U, 'x');

/// Whether a task ends, now or soon.
bool ends(const pplx::task<void>& task) {
  const auto told = std::make_shared<std::promise<void>>();
  task.then([told] { told->set_value(); });
  return told->get_future().wait_for(seconds{10}) == std::future_status::ready;
}

/// Tasks run on the library's threads, which are made by the first that needs them.
class LineBoxes : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { init_http_process(); }
};

TEST_F(LineBoxes, HoldAWriterUpUntilItsLinesAreTaken) {
  LineBox box;
  box.head(200);
  box.put("a line");
  EXPECT_TRUE(box.room().is_done());
  box.put(kTooMuch);
  const auto room = box.room();
  EXPECT_FALSE(room.is_done());
  EXPECT_EQ(box.wait({})->lines.size(), 2U);
  EXPECT_TRUE(ends(room));
}

TEST_F(LineBoxes, LetAWriterGoWhenTheReaderHasLeft) {
  LineBox box;
  box.put(kTooMuch);
  const auto room = box.room();
  EXPECT_FALSE(room.is_done());
  box.leave();
  EXPECT_TRUE(ends(room));
  box.put(kTooMuch);
  EXPECT_TRUE(box.room().is_done()) << "nor is a later one held up";
}

}  // namespace
}  // namespace vpcp::cpprest
